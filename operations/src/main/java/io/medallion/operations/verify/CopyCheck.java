package io.medallion.operations.verify;

import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.dedup.IdentityRule;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Of all records that are the same event, the first one of bronze is the row of silver; a copy with
 * its payload is nowhere, and one with another is in quarantine. Reads the views {@code derived},
 * of the records that are looked at, and {@code candidates}, which has the events of silver besides
 * that these may be copies of.
 */
final class CopyCheck {
  static final String EVENT_ONCE = "silver holds each event once";
  static final String FIRST = "the first record of an event is the one in silver";

  private static final String NO_FIRST = "originals = 0 and silver_rows = 0";
  private static final String TWICE = "originals > 0 and silver_rows > 0 or silver_rows > 1";
  private static final String COPY_REFUSED = "quarantine_rows > 0 and (originals = 0 or alike > 0)";
  private static final String CONFLICT_LOST =
      "originals > 0 and alike = 0 and quarantine_rows = 0 and silver_rows = 0";

  private final SparkSession session;
  private final Places places;
  private final IdentityRule identity;
  private final String tolerated;

  /**
   * @param identity what makes two records one event
   * @param tolerated the positions that are no finding, as a condition in Spark's SQL
   */
  CopyCheck(SparkSession session, Places places, IdentityRule identity, String tolerated) {
    this.session = session;
    this.places = places;
    this.identity = identity;
    this.tolerated = tolerated;
  }

  void prove(Findings findings) {
    Dataset<Row> copies =
        session
            .sql(SqlResource.of("copies").replace(":near", near()))
            .where("not " + tolerated)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      copies.createOrReplaceTempView("copies");
      Row all = session.sql("select count(*), coalesce(sum(silver_rows), 0) from derived").head();
      add(findings, EVENT_ONCE, all.getLong(1), TWICE, "'an event that silver has already'");
      add(
          findings,
          FIRST,
          all.getLong(0),
          "(%s) or (%s) or (%s)".formatted(NO_FIRST, COPY_REFUSED, CONFLICT_LOST),
          "case when %s then 'in quarantine as a copy with another payload, which it is not' when %s then 'a copy with another payload, and not in quarantine' else 'in neither silver nor quarantine, and no copy of an earlier event' end"
              .formatted(COPY_REFUSED, CONFLICT_LOST));
    } finally {
      copies.unpersist();
    }
    long reused = session.sql(SqlResource.of("reused")).head().getLong(0);
    if (reused > 0) {
      findings.note(
          "%,d event ids are used for events of different times; these are different events",
          reused);
    }
  }

  /** Equal times are joined by, so that many events of one id are not compared with each other. */
  private String near() {
    return identity.isIdAlone()
        ? "abs(e.micros - c.micros) <= " + identity.reachMicros()
        : "e.micros = c.micros";
  }

  private void add(Findings findings, String name, long examined, String off, String words) {
    long found = session.sql("select count(*) from copies where " + off).head().getLong(0);
    List<String> examples =
        found == 0
            ? List.of()
            : session
                .sql(
                    "select place, offset, %s from copies where %s order by place, offset limit %d"
                        .formatted(words, off, Findings.EXAMPLES))
                .collectAsList()
                .stream()
                .map(row -> places.readable(row) + ": " + row.getString(2))
                .toList();
    findings.add(new Check(RowCheck.LAYER, name, examined, found, examples));
  }
}
