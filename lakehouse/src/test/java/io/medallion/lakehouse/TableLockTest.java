package io.medallion.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableLockTest {
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
                file().toString())
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

  @Test
  void aStoreWithoutLocksIsNotLocked() {
    try (TableLock first = TableLock.instance(Optional.empty(), "silver");
        TableLock second = TableLock.instance(Optional.empty(), "silver")) {
      assertThat(first).isNotSameAs(second);
    }
  }

  private TableLock lock() {
    return TableLock.instance(Optional.of(file()), "silver");
  }

  private Path file() {
    return folder.resolve("_locks").resolve("silver.instance");
  }

  /** Holds the lock until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (TableLock lock = TableLock.instance(Optional.of(Path.of(args[0])), "silver")) {
        System.out.print(lock == null ? '-' : 'h');
        System.out.flush();
        System.in.read();
      }
    }
  }
}
