package io.medallion.lakehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLocksTest {
  @TempDir Path folder;

  @Test
  void aSecondHolderIsToldWhoHoldsIt() {
    try (TableLock held = lock()) {
      assertThat(held).isNotNull();
      assertThatThrownBy(this::lock)
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LAKE_LOCKED);
                assertThat(e.problem())
                    .contains("silver")
                    .contains("process " + ProcessHandle.current().pid());
              });
    }
    lock().close();
  }

  @Test
  void anotherProcessIsKeptOutUntilTheHolderIsKilled() throws Exception {
    Process holder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                locks().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(holder.getInputStream().read()).isEqualTo('h');

    assertThatThrownBy(this::lock)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.problem()).contains("process " + holder.pid()));
    holder.destroyForcibly();
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    lock().close();
  }

  private TableLock lock() {
    return new FileLocks(locks()).layer("silver");
  }

  private Path locks() {
    return folder.resolve("_locks");
  }

  /** Holds the lock until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (TableLock lock = new FileLocks(Path.of(args[0])).layer("silver")) {
        System.out.print(lock == null ? '-' : 'h');
        System.out.flush();
        System.in.read();
      }
    }
  }
}
