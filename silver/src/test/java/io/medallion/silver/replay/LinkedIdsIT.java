package io.medallion.silver.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.session.LakeSession;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** While a key takes the place of another, rows have a user under both of its pseudonyms. */
class LinkedIdsIT {
  private static final StructType IDS =
      new StructType()
          .add(SilverColumns.USER_ID, DataTypes.StringType)
          .add(SilverColumns.ANONYMOUS_ID, DataTypes.StringType)
          .add(SilverColumns.SESSION_ID, DataTypes.StringType);

  private static SparkSession spark;
  private static Dataset<Row> silver;

  @BeforeAll
  static void start() {
    spark =
        LakeSession.create(
            "LinkedIdsIT", Configuration.builder().flag("spark.master", "local[2]").build());
    silver =
        spark.createDataFrame(
            List.of(
                RowFactory.create("by-first-key", "own", null),
                RowFactory.create("by-second-key", "own", null),
                RowFactory.create("by-first-key", null, "session"),
                RowFactory.create("in-clear", null, "session"),
                RowFactory.create("by-second-key", "shared", "shared-session"),
                RowFactory.create("somebody", "shared", "shared-session"),
                RowFactory.create("by-second-key", "0", null)),
            IDS);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void anIdThatWasSeenWithTwoSpellingsOfOneUserIsThisUsers() {
    PersonIds found = of(Map.of("by-first-key", "in-clear", "by-second-key", "in-clear"));
    assertThat(found.of(Kind.ANONYMOUS)).containsExactly("own");
    assertThat(found.of(Kind.SESSION)).containsExactly("session");
  }

  /** Two texts that nothing makes one are two users. */
  @Test
  void anIdThatWasSeenWithTwoUsersIsNobodys() {
    PersonIds found = of(Map.of());
    assertThat(found.of(Kind.ANONYMOUS)).isEmpty();
    assertThat(found.of(Kind.SESSION)).isEmpty();
  }

  private static PersonIds of(Map<String, String> spellings) {
    PersonIds asked =
        PersonIds.NONE.plus(Kind.USER, List.of("in-clear", "by-first-key", "by-second-key"));
    return new LinkedIds(spark, silver, List.of("0"), spellings).of(asked);
  }
}
