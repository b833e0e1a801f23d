package io.medallion.lakehouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.Careless;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases over a folder; on S3 and HDFS themselves the tests of the module stores take them. */
class LeaseLocksTest {
  private static final Duration RENEWED_EVERY = Duration.ofMillis(500);

  @TempDir java.nio.file.Path folder;
  private FileSystem files;

  @BeforeEach
  void open() throws IOException {
    files = FileSystem.getLocal(new Configuration()).getRawFileSystem();
  }

  @Test
  void aSecondHolderIsToldWhoHoldsIt() {
    try (TableLock held = locks().layer("silver")) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> locks().layer("silver"))
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LAKE_LOCKED);
                assertThat(e.problem())
                    .contains("silver")
                    .contains("process " + ProcessHandle.current().pid());
              });
      assertThat(locks().holder("silver").map(LockHolder::process))
          .hasValue(ProcessHandle.current().pid());
      assertThat(locks().holder("gold")).isEmpty();
    }
    assertThat(locks().holder("silver")).isEmpty();
    locks().layer("silver").close();
  }

  @Test
  void aLeaseThatNobodyRenewsIsTakenOverAndItsHolderSeesThat() throws IOException {
    Lease dead = new Lease(files, new Path(locksFolder(), "silver.instance"), RENEWED_EVERY);
    new PutIfAbsent(files).make(new Path(locksFolder(), "silver.instance"), dead.text());

    long begun = System.nanoTime();
    try (TableLock taken = locks().layer("silver")) {
      assertThat(taken).isNotNull();
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThan(RENEWED_EVERY.multipliedBy(4));
      // It was only slow, and goes on: it leaves the other one's lease alone.
      dead.keep();
      dead.close();
      assertThat(leases()).containsExactly("silver.instance");
    }
    assertThat(leases()).isEmpty();
  }

  @Test
  void aStoreThatLetsTwoMakeTheSameFileIsRefused() {
    FileSystem careless = new Careless(files);
    assertThatThrownBy(() -> new LeaseLocks(careless, locksFolder(), RENEWED_EVERY).layer("silver"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_STORE_UNSAFE));
  }

  private LeaseLocks locks() {
    return new LeaseLocks(files, locksFolder(), RENEWED_EVERY);
  }

  private Path locksFolder() {
    return new Path(folder.toUri().toString(), "_locks");
  }

  private List<String> leases() throws IOException {
    try (Stream<java.nio.file.Path> found = Files.list(folder.resolve("_locks"))) {
      return found.map(file -> file.getFileName().toString()).toList();
    }
  }
}
