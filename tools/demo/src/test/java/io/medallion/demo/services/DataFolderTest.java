package io.medallion.demo.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path temporary;

  @Test
  void aFolderOfOursIsForItsOwnerOnlyAndCanBeDeleted() throws IOException {
    Path folder = temporary.resolve("a/b");
    DataFolder.hold(folder).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    Path outside = Files.writeString(temporary.resolve("outside"), "stays");
    Files.createSymbolicLink(folder.resolve("link"), outside);
    DataFolder.delete(folder);
    assertThat(folder).doesNotExist();
    assertThat(outside).exists();
    DataFolder.delete(folder);
  }

  @Test
  void somebodyElsesFolderIsNeitherUsedNorDeleted() throws IOException {
    Path file = Files.writeString(temporary.resolve("thesis.txt"), "years of work");
    assertForeign(() -> DataFolder.hold(temporary));
    assertForeign(() -> DataFolder.delete(temporary));
    assertThat(temporary).isDirectoryContaining(path -> path.equals(file));
    assertThat(temporary.toFile().list()).hasSize(1);
  }

  @Test
  void aFolderInUseIsNotDeleted() {
    Path folder = temporary.resolve("data");
    try (DataFolder held = DataFolder.hold(folder)) {
      assertThatThrownBy(() -> DataFolder.delete(held.path()))
          .isInstanceOf(MedallionException.class)
          .hasMessageContaining("Services run already");
    }
    DataFolder.delete(folder);
  }

  @Test
  void anAnnouncementCountsOnlyWhileItsVeryProcessLives() {
    Path file = temporary.resolve("running.properties");
    assertThat(RunningServices.find(file)).isEmpty();
    RunningServices.announce(file, temporary, Map.of("lake.path", "/lake"));
    assertThat(RunningServices.find(file).orElseThrow().settings())
        .isEqualTo(Map.of("lake.path", "/lake"));
    ProcessIdentity us = ProcessIdentity.current();
    PrivateFile.write(
        file, new ProcessIdentity(us.pid(), us.startMillis() - 60_000).entries(), "Reused pid.");
    assertThat(RunningServices.find(file)).isEmpty();
    RunningServices.announce(file, temporary, Map.of());
    RunningServices.withdraw(file);
    assertThat(file).doesNotExist();
  }

  private static void assertForeign(org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_FOLDER_FOREIGN));
  }
}
