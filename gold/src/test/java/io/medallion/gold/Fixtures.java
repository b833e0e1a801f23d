package io.medallion.gold;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/** What tests of the merge have in common. */
final class Fixtures {
  static final GoldSettings SETTINGS =
      new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, false);
  static final String TABLE = "silver-table";

  private Fixtures() {}

  static GoldMerge gold(Postgres postgres) {
    return gold(postgres, TABLE, SETTINGS);
  }

  static GoldMerge gold(Postgres postgres, String table, GoldSettings settings) {
    return new GoldMerge(
        postgres,
        table,
        new Staging(settings, postgres),
        Connection::commit,
        Duration.ofSeconds(10));
  }

  /** Through the executors' way into Postgres, so that rows lie in staging. */
  static Staging.Result copied(Postgres postgres, List<SilverEvent> events) {
    return stage(postgres, events, 0);
  }

  static Staging.Result inline(Postgres postgres, List<SilverEvent> events) {
    return stage(postgres, events, 1 << 20);
  }

  private static Staging.Result stage(Postgres postgres, List<SilverEvent> events, int inline) {
    UUID stage = UUID.randomUUID();
    Iterator<SilverEvent> iterator = events.iterator();
    try {
      return new Staging.Result(
          stage,
          List.of(
              new StageTask(SETTINGS, postgres, stage, inline, 100_000, Scope.ALL)
                  .stage(iterator, 7)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the migration does in a database that has sessions and days already. */
  static void fillRollups(Postgres postgres) {
    for (String statement : SqlFile.of("schema/007_rollups").text().split(";\n", -1)) {
      int insert = statement.indexOf("INSERT INTO");
      if (insert >= 0) {
        TestPostgres.execute(postgres, statement.substring(insert));
      }
    }
  }

  static SilverEvent view(String id, String visitor, long time, String page) {
    return new SilverEvent(
        id,
        time,
        "page_view",
        visitor,
        null,
        page,
        null,
        null,
        null,
        null,
        null,
        null,
        false,
        time);
  }

  static SilverEvent purchase(String id, String visitor, long time, BigDecimal price) {
    return new SilverEvent(
        id, time, "purchase", visitor, null, null, null, price, 1, "EUR", null, null, false, time);
  }
}
