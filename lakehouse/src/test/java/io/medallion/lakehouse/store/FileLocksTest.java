package io.medallion.lakehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.layer.AsyncTask;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    Process holder = start(List.of());
    assertThat(holder.getInputStream().read()).isEqualTo('h');

    assertThatThrownBy(this::lock)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.problem()).contains("process " + holder.pid()));
    assertThat(asked().map(LockHolder::process)).hasValue(holder.pid());
    kill(holder);
    assertThat(asked()).isEmpty();
    lock().close();
  }

  /** The system gives up a process's lock when any descriptor of its file is closed. */
  @Test
  void whoeverAsksInTheHoldersOwnProcessLeavesItTheLock() throws Exception {
    try (TableLock held = lock()) {
      assertThat(held).isNotNull();
      assertThat(asked().map(LockHolder::process)).hasValue(ProcessHandle.current().pid());
      assertThatThrownBy(this::lock).isInstanceOf(MedallionException.class);

      Process second = start(List.of());
      assertThat(second.getInputStream().read()).isEqualTo('-');
      assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(asked()).isEmpty();
  }

  @Test
  void whoeverAsksWithoutEndKeepsNoLayerFromStarting() throws Exception {
    lock().close();
    AtomicBoolean ended = new AtomicBoolean();
    AsyncTask<Integer> asking =
        AsyncTask.start(
            "asking",
            () -> {
              int found = 0;
              while (!ended.get()) {
                found += asked().isPresent() ? 1 : 0;
              }
              return found;
            });
    try (asking) {
      Process holder = start(List.of());
      assertThat(holder.getInputStream().read()).isEqualTo('h');
      await().atMost(30, TimeUnit.SECONDS).until(() -> asked().isPresent());
      kill(holder);
      ended.set(true);
      assertThat(asking.result()).isPositive();
    }
  }

  /** As containers have: in there the holder has a number that means nobody, or another, here. */
  @Test
  void aHolderWithProcessIdsOfItsOwnIsFound() throws Exception {
    String host = InetAddress.getLocalHost().getHostName();
    List<String> apart = List.of("unshare", "--pid", "--fork", "--kill-child");
    assumeTrue(works(apart), "unshare may not make a namespace of process ids here");
    Process holder = start(apart);
    assertThat(holder.getInputStream().read()).isEqualTo('h');

    assertThat(asked())
        .hasValueSatisfying(
            found -> {
              assertThat(found.process()).isLessThan(10).isNotEqualTo(holder.pid());
              assertThat(found.host()).isEqualTo(host);
            });
    kill(holder);
    await().atMost(30, TimeUnit.SECONDS).until(() -> asked().isEmpty());
  }

  private static boolean works(List<String> apart) throws InterruptedException {
    List<String> command = new ArrayList<>(apart);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Process start(List<String> under) throws IOException {
    List<String> command = new ArrayList<>(under);
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Holder.class.getName(), locks().toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void kill(Process holder) throws InterruptedException {
    holder.destroyForcibly();
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private Optional<LockHolder> asked() {
    return new FileLocks(locks()).holder("silver");
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
        say(lock == null ? '?' : 'h');
        System.in.read();
      } catch (MedallionException e) {
        say('-');
      }
    }

    private static void say(char word) {
      System.out.print(word);
      System.out.flush();
    }
  }
}
