package io.medallion.lakehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardLinkLogStoreTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void aVersionIsThereOnceAndForGood() throws IOException {
    HardLinkLogStore store = new HardLinkLogStore(HADOOP);
    store.write(version(7), List.of("first").iterator(), false, HADOOP);

    assertThatThrownBy(() -> store.write(version(7), List.of("second").iterator(), false, HADOOP))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(file(7))).isEqualTo("first\n");
    assertThat(names()).containsExactly(file(7).getFileName().toString());
  }

  @Test
  void whatMayBeReplacedIsReplacedWhole() throws IOException {
    HardLinkLogStore store = new HardLinkLogStore(HADOOP);
    store.write(version(7), List.of("first").iterator(), true, HADOOP);
    store.write(version(7), List.of("second").iterator(), true, HADOOP);

    assertThat(Files.readString(file(7))).isEqualTo("second\n");
  }

  @Test
  void aListingBeginsAtTheVersionAskedForAndIsInOrder() throws IOException {
    HardLinkLogStore store = new HardLinkLogStore(HADOOP);
    for (long version : new long[] {3, 1, 2}) {
      store.write(version(version), List.of("x").iterator(), false, HADOOP);
    }
    Files.writeString(folder.resolve(".half-written.tmp"), "x");

    List<String> listed = new ArrayList<>();
    Iterator<FileStatus> statuses = store.listFrom(version(2), HADOOP);
    statuses.forEachRemaining(status -> listed.add(status.getPath().getName()));
    assertThat(listed)
        .containsExactly(file(2).getFileName().toString(), file(3).getFileName().toString());
  }

  @Test
  void aListingIsTheSameWhetherTheFolderWasListedBeforeOrNot() throws IOException {
    for (int version = 5; version < 60; version++) {
      Files.writeString(file(version), "x");
      if (version % 3 != 0) {
        Files.writeString(folder.resolve("%020d.crc".formatted(version)), "x");
      }
    }
    Files.writeString(folder.resolve("%020d.checkpoint.parquet".formatted(50)), "x");
    Files.writeString(folder.resolve("_last_checkpoint"), "x");
    List<String> all = names();
    HardLinkLogStore store = new HardLinkLogStore(HADOOP);
    for (int look = 0; look < 2; look++) {
      for (int version : new int[] {0, 4, 5, 6, 42, 50, 59, 60, 61}) {
        for (String ending : List.of(".", ".checkpoint")) {
          String from = "%020d%s".formatted(version, ending);
          assertThat(listed(store, from).stream().filter(name -> !name.startsWith("_")))
              .as("look %d from %s", look, from)
              .containsExactlyElementsOf(
                  all.stream().filter(n -> !n.startsWith("_") && n.compareTo(from) >= 0).toList());
        }
      }
    }
  }

  @Test
  void aFolderThatIsKnownIsNotReadAgainForTheVersionsBehindOneThatIsThere() throws IOException {
    HardLinkLogStore store = new HardLinkLogStore(HADOOP);
    Files.writeString(file(7), "x");
    assertThat(listed(store, "%020d.".formatted(7))).hasSize(1);
    // What only a reading of the folder would find.
    Files.writeString(folder.resolve("%020d.json".formatted(9)), "x");
    assertThat(listed(store, "%020d.".formatted(7))).hasSize(1);
    Files.writeString(file(8), "x");
    assertThat(listed(store, "%020d.".formatted(7))).hasSize(3);
  }

  @Test
  void aFolderWithFilesOfAnotherProgramIsReadEachTime() throws IOException {
    HardLinkLogStore store = new HardLinkLogStore(HADOOP);
    Files.writeString(file(7), "x");
    String parts = "%020d.checkpoint.0000000001.0000000002.parquet".formatted(7);
    Files.writeString(folder.resolve(parts), "x");
    for (int look = 0; look < 2; look++) {
      assertThat(listed(store, "%020d.".formatted(7)))
          .containsExactly(parts, file(7).getFileName().toString());
    }
  }

  private List<String> listed(HardLinkLogStore store, String from) throws IOException {
    List<String> listed = new ArrayList<>();
    store
        .listFrom(new org.apache.hadoop.fs.Path(folder.toString(), from), HADOOP)
        .forEachRemaining(status -> listed.add(status.getPath().getName()));
    return listed;
  }

  @Test
  void ofTwoProcessesThatRaceForEachVersionExactlyOneGetsIt() throws Exception {
    Process a = racer("a");
    Process b = racer("b");
    for (Process racer : List.of(a, b)) {
      assertThat(racer.getInputStream().read()).isEqualTo(Racer.READY);
    }
    for (Process racer : List.of(a, b)) {
      racer.getOutputStream().close();
    }
    List<String> wonByA = won(a);
    List<String> wonByB = won(b);

    assertThat(Collections.disjoint(wonByA, wonByB)).isTrue();
    assertThat(wonByA.size() + wonByB.size()).isEqualTo(Racer.VERSIONS);
    for (long version = 0; version < Racer.VERSIONS; version++) {
      String owner = Files.readString(file(version)).strip();
      assertThat(owner.equals("a") ? wonByA : wonByB).contains(Long.toString(version));
    }
  }

  private Process racer(String name) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-cp",
            System.getProperty("java.class.path"),
            Racer.class.getName(),
            folder.toString(),
            name)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static List<String> won(Process racer) throws Exception {
    List<String> lines =
        new String(racer.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(racer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(racer.exitValue()).isZero();
    return lines;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path file(long version) {
    return folder.resolve("%020d.json".formatted(version));
  }

  private org.apache.hadoop.fs.Path version(long version) {
    return new org.apache.hadoop.fs.Path(file(version).toUri());
  }

  /** Tries to own every version, and prints those it was told it owns. */
  static final class Racer {
    static final int VERSIONS = 400;
    static final char READY = 'r';

    private Racer() {}

    public static void main(String[] args) throws IOException {
      HardLinkLogStore store = new HardLinkLogStore(HADOOP);
      StringBuilder won = new StringBuilder();
      System.out.print(READY);
      System.out.flush();
      System.in.read();
      for (long version = 0; version < VERSIONS; version++) {
        Path file = Path.of(args[0], "%020d.json".formatted(version));
        try {
          store.write(
              new org.apache.hadoop.fs.Path(file.toUri()),
              List.of(args[1]).iterator(),
              false,
              HADOOP);
          won.append(version).append('\n');
        } catch (FileAlreadyExistsException e) {
          // The other process owns it.
        }
      }
      System.out.print(won);
    }
  }
}
