package io.medallion.operations.verify;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.operations.verify.VerifyReport.Check;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * Proves on the real tables that nothing was lost and nothing counted twice, from Kafka to gold,
 * while the layers run. Every number is computed again from what stands upstream of it, by code of
 * its own. Nothing is written.
 */
public final class LakeCheck {
  private final Lake lake;
  private final Configuration configuration;

  /**
   * @param lake whose tables are read
   * @param configuration silver's rules, and where Kafka and Postgres are; what is not given is
   *     left out
   */
  public LakeCheck(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.configuration = configuration;
  }

  /**
   * Looks once.
   *
   * @param days whose events are looked at; Kafka's offsets know no event days and are compared
   *     only where all are
   * @throws io.medallion.common.error.MedallionException where a table does not exist yet
   */
  public VerifyReport prove(EventDays days) {
    List<Check> checks = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    GoldCheck gold = new GoldCheck(lake, configuration, days);
    // The furthest downstream first, so that each finds upstream what it was made from.
    try (gold) {
      gold.open(notes);
      Tables tables = new Tables(lake);
      SparkSession session =
          BatchProfile.of(
                  tables.silverState().read(), configuration.get(Keys.LOW_LATENCY_MAX_RECORDS))
              .session(lake.session());
      if (days.isAll()) {
        new BronzeCheck(session, tables, configuration).prove(checks, notes);
      } else {
        notes.add("Kafka was not looked at: its offsets know no event days");
      }
      new RowCheck(session, tables, EventRules.of(configuration), days).prove(checks, notes);
      tables
          .unfinished()
          .forEach(
              metadata ->
                  notes.add(
                      "A rewrite of %s, %s, is at work or was cut off; its rows may stand in two places until it is run again"
                          .formatted(metadata.days(), metadata.id())));
      gold.prove(session, checks);
      return new VerifyReport(
          tables.silverVersion(), tables.seq(), gold.version(), checks, gold.unchecked(), notes);
    }
  }
}
