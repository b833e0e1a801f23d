package io.medallion.operations.proof;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Mode;
import io.medallion.operations.proof.ProofReport.Check;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * Proves on the real tables that nothing was lost and nothing counted twice, from Kafka to gold,
 * while the layers run. Every number is computed anew from what stands upstream of it, by code of
 * its own. Nothing is written.
 */
public final class LakeProof {
  private final Lake lake;
  private final Configuration configuration;

  /**
   * @param lake whose tables are read
   * @param configuration silver's rules, and where Kafka and Postgres are; what is not given is
   *     left out
   */
  public LakeProof(Lake lake, Configuration configuration) {
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
  public ProofReport prove(EventDays days) {
    List<Check> checks = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    GoldProof gold = new GoldProof(lake, configuration, days);
    // The furthest downstream first, so that each finds upstream what it was made from.
    try (gold) {
      gold.open(notes);
      Tables tables = new Tables(lake);
      SparkSession session =
          Mode.of(tables.mark(Marks.READ), configuration.get(Keys.LIVE_MAX_RECORDS))
              .session(lake.session());
      if (days.isAll()) {
        new BronzeProof(session, tables, configuration).prove(checks, notes);
      } else {
        notes.add("Kafka was not looked at: its offsets know no event days");
      }
      new RowProof(session, tables, EventRules.of(configuration), days).prove(checks, notes);
      tables
          .unfinished()
          .forEach(
              rewrite ->
                  notes.add(
                      "A rewrite of %s, %s, is at work or was cut off; its rows may stand in two places until it is run again"
                          .formatted(rewrite.days(), rewrite.id())));
      gold.prove(session, checks);
      return new ProofReport(
          tables.silverVersion(), tables.seq(), gold.version(), checks, gold.unchecked(), notes);
    }
  }
}
