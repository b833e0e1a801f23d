package io.medallion.lakehouse.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a process leaves behind that was killed while it made a table. */
class HalfMadeTableIT extends WithBronze {
  private static final String FIRST = "%020d.json".formatted(0);

  /** How far it came. */
  enum Half {
    TABLE_FOLDER {
      @Override
      void leave(Path table, String first) throws IOException {
        Files.createDirectories(table);
      }
    },
    LOG_FOLDER {
      @Override
      void leave(Path table, String first) throws IOException {
        Files.createDirectories(table.resolve("_delta_log"));
      }
    },
    VERSION_UNDER_ANOTHER_NAME {
      @Override
      void leave(Path table, String first) throws IOException {
        inLog(table, ".%s.5f3e.tmp".formatted(FIRST), first.substring(0, 100));
      }
    },
    FOLDERS_OF_THE_LOG {
      @Override
      void leave(Path table, String first) throws IOException {
        Files.createDirectories(table.resolve("_delta_log/_commits"));
        Files.createDirectories(table.resolve("_delta_log/_sidecars"));
        Files.createDirectories(table.resolve("_delta_log/_staged_commits"));
      }
    },
    FILES_BESIDE_A_VERSION {
      @Override
      void leave(Path table, String first) throws IOException {
        inLog(table, "%020d.crc".formatted(0), "{");
        inLog(table, "_last_checkpoint", "{\"version\":50,\"size\":1}");
      }
    },
    ROWS_WITHOUT_A_VERSION {
      @Override
      void leave(Path table, String first) throws IOException {
        Files.createDirectories(table.resolve("_delta_log"));
        Files.createDirectories(table.resolve("ingest_date=2026-01-02"));
        Files.writeString(table.resolve("ingest_date=2026-01-02/part-0.parquet"), "PAR1");
      }
    },
    VERSION_WITHOUT_A_BYTE {
      @Override
      void leave(Path table, String first) throws IOException {
        inLog(table, FIRST, "");
      }
    },
    VERSION_CUT_IN_A_LINE {
      @Override
      void leave(Path table, String first) throws IOException {
        inLog(table, FIRST, first.substring(0, first.length() / 2));
      }
    },
    VERSION_CUT_BETWEEN_LINES {
      @Override
      void leave(Path table, String first) throws IOException {
        inLog(table, FIRST, first.substring(0, first.indexOf('\n') + 1));
      }
    };

    /**
     * Leaves it.
     *
     * @param first a first version
     */
    abstract void leave(Path table, String first) throws IOException;

    private static void inLog(Path table, String name, String text) throws IOException {
      Path log = Files.createDirectories(table.resolve("_delta_log"));
      Files.writeString(log.resolve(name), text);
    }
  }

  private LakeTable leave(Half half, TableDefinition definition) throws IOException {
    LakeTable table = lake.table(definition);
    half.leave(Path.of(table.path()), Files.readString(first(bronze)));
    return table;
  }

  private static Path first(LakeTable table) {
    return Path.of(table.path(), "_delta_log", FIRST);
  }

  @ParameterizedTest
  @EnumSource(Half.class)
  void isNoTableYetForWhoReadsAndBecomesOneAtTheNextStart(Half half) throws IOException {
    LakeTable silver = leave(half, TableDefinition.SILVER);
    assertThat(silver.exists()).isFalse();
    assertThat(silver.state().values()).isEmpty();
    assertMissing(silver::required);
    assertMissing(() -> silver.awaited(Duration.ZERO));

    lake.createTable(TableDefinition.SILVER);

    assertThat(silver.version()).isZero();
    assertThat(silver.begin(spark).set("a", 1).commit()).isEqualTo(1);
    assertThat(silver.state().values()).containsEntry("a", 1L);
    assertThat(silver.rowsAt(spark, 1).count()).isZero();
  }

  private static void assertMissing(org.assertj.core.api.ThrowableAssert.ThrowingCallable look) {
    assertThatThrownBy(look)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_TABLE_MISSING));
  }

  @ParameterizedTest
  @EnumSource(
      value = Half.class,
      names = {"VERSION_WITHOUT_A_BYTE", "VERSION_CUT_IN_A_LINE", "VERSION_CUT_BETWEEN_LINES"})
  void withATornVersionIsLeftToAPersonWhereNothingKeepsOthersAway(Half half) throws IOException {
    LakeTable silver = leave(half, TableDefinition.SILVER);

    assertThatThrownBy(() -> silver.create(false))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.LAKE_TABLE_FOREIGN);
              assertThat(e.problem()).contains(FIRST);
            });
  }

  /** It has a second version: what is lost was a table. */
  @Test
  void isNotWhatHasLostItsFirstVersion() throws IOException {
    bronze.begin(spark).set("a", 1).commit();
    Files.writeString(first(bronze), "");
    for (int version = 0; version <= 1; version++) {
      Files.deleteIfExists(Path.of(bronze.path(), "_delta_log", "%020d.crc".formatted(version)));
    }
    DeltaLog.clearCache();

    assertThatThrownBy(bronze::exists).hasMessageContaining("DELTA_");
    assertThatThrownBy(() -> lake.createTable(TableDefinition.BRONZE))
        .hasMessageContaining("DELTA_");
    assertThat(first(bronze)).isEmptyFile();
  }

  /** As processes on a store without locks do. */
  @Test
  void isMadeByOneOfManyThatStartAtOnce() throws Exception {
    int starters = 4;
    leave(Half.LOG_FOLDER, TableDefinition.SILVER);
    CyclicBarrier together = new CyclicBarrier(starters);
    List<CompletableFuture<String>> ids =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> createdWith(together)))
            .limit(starters)
            .toList();

    for (CompletableFuture<String> id : ids) {
      assertThat(id.get()).isEqualTo(lake.table(TableDefinition.SILVER).id());
    }
    assertThat(lake.table(TableDefinition.SILVER).version()).isZero();
  }

  private String createdWith(CyclicBarrier together) {
    LakeTable table = lake.table(TableDefinition.SILVER);
    try {
      together.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return table.create(false).id();
  }
}
