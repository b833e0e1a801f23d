package io.medallion.operations.verify;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.silver.parse.SilverTransform;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Proves on the real tables that nothing was lost and nothing counted twice, from Kafka to gold,
 * while the layers run. Every number is computed again from what stands upstream of it, by code of
 * its own. Nothing is written.
 */
public final class LakeCheck {
  /** Grouped by position, a row takes some hundred bytes. */
  private static final long ROWS_A_TASK = 2_000_000;

  /**
   * A relation of so many bytes is sent to all tasks of a join, and takes some three times as many
   * there.
   */
  private static final String SENT_TO_ALL = "64MB";

  private final Lake lake;
  private final Configuration configuration;
  private final KafkaComparison kafka;

  /**
   * @param lake whose tables are read
   * @param configuration silver's rules, and where Kafka and Postgres are; what is not given is
   *     left out
   */
  public LakeCheck(Lake lake, Configuration configuration) {
    this(lake, configuration, KafkaComparison.SAMPLE);
  }

  /** The same with a say in how much of Kafka is compared byte by byte. */
  public LakeCheck(Lake lake, Configuration configuration, KafkaComparison kafka) {
    this.lake = lake;
    this.configuration = configuration;
    this.kafka = kafka;
  }

  /**
   * Looks once.
   *
   * @param days whose events are looked at; Kafka's offsets know no event days and are compared
   *     only where all are
   * @throws io.medallion.common.error.MedallionException where a table does not exist yet
   */
  public VerifyReport prove(EventDays days) {
    DataFiles files = new DataFiles();
    while (true) {
      try {
        return prove(days, files);
      } catch (Exception e) {
        // Spark throws checked ones that nobody declares. Once more without the file.
        if (!files.isBroken(e)) {
          throw e;
        }
      }
    }
  }

  private VerifyReport prove(EventDays days, DataFiles files) {
    Findings findings = new Findings();
    GoldCheck gold = new GoldCheck(lake, configuration, days, files);
    // The furthest downstream first, so that each finds upstream what it was made from.
    try (gold) {
      gold.open(findings);
      Tables tables = new Tables(lake, files);
      SparkSession session = session(tables);
      if (days.isAll()) {
        new BronzeCheck(session, tables, configuration).prove(findings);
        new KafkaContentCheck(session, tables, configuration, kafka).prove(findings);
      } else {
        findings.omit("Kafka: its offsets know no event days");
      }
      Erasures erasures = Erasures.of(lake.folder(), configuration);
      new RowCheck(session, tables, transform(tables, findings), days, !erasures.begun().isEmpty())
          .prove(findings);
      new ErasureCheck(session, tables, erasures, Contract.of(configuration)).prove(findings);
      tables
          .unfinished()
          .forEach(
              metadata ->
                  findings.note(
                      "A rewrite of %s, %s, is at work or was cut off; its rows may stand in two places until it is run again",
                      metadata.days(), metadata.id()));
      gold.prove(session, findings);
      files.prove(findings);
      return new VerifyReport(
          tables.silverVersion(),
          tables.seq(),
          gold.version(),
          findings.checks(),
          findings.omitted(),
          gold.unchecked(),
          findings.notes());
    }
  }

  private SparkSession session(Tables tables) {
    long rows = tables.silverState().read();
    BatchProfile profile = BatchProfile.of(rows, configuration.get(Keys.LOW_LATENCY_MAX_RECORDS));
    SparkSession session = profile.session(lake.session());
    if (profile == BatchProfile.THROUGHPUT) {
      long tasks = rows / ROWS_A_TASK + session.sparkContext().defaultParallelism();
      session.conf().set("spark.sql.shuffle.partitions", tasks);
      session.conf().set("spark.sql.autoBroadcastJoinThreshold", SENT_TO_ALL);
    }
    return session;
  }

  /** Silver's own, without the databases of addresses that are not to be had here. */
  private SilverTransform transform(Tables tables, Findings findings) {
    SilverTransform transform =
        SilverTransform.of(configuration, lake.session())
            .without(Erasures.of(lake.folder(), configuration).ids())
            .dividingAs(tables.silverState());
    Optional<MedallionException> problem = problem(transform);
    if (problem.isEmpty()) {
      return transform;
    }
    // Which of two it is shows in what is left if one is taken away.
    SilverTransform located = transform.without(Keys.SILVER_GEOIP_ASN_DATABASE);
    Optional<MedallionException> ofPlaces = problem(located);
    if (ofPlaces.isEmpty()) {
      omit("networks", problem.get(), findings);
      return located;
    }
    omit("places", ofPlaces.get(), findings);
    SilverTransform unlocated = transform.without(Keys.SILVER_GEOIP_DATABASE);
    Optional<MedallionException> ofNetworks = problem(unlocated);
    if (ofNetworks.isEmpty()) {
      return unlocated;
    }
    omit("networks", ofNetworks.get(), findings);
    return unlocated.without(Keys.SILVER_GEOIP_ASN_DATABASE);
  }

  private static Optional<MedallionException> problem(SilverTransform transform) {
    try {
      transform.enrichment().enrichers();
      return Optional.empty();
    } catch (MedallionException e) {
      return Optional.of(e);
    }
  }

  private static void omit(String what, MedallionException e, Findings findings) {
    findings.omit("silver's %s: %s (%s)", what, e.problem(), e.reason());
  }
}
