package io.medallion.operations.verify;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.silver.parse.SilverTransform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Proves on the real tables that nothing was lost and nothing counted twice, from Kafka to gold,
 * while the layers run. Every number is computed again from what stands upstream of it, by code of
 * its own. Nothing is written but, where one is asked for, the proof itself.
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
    return prove(days, null);
  }

  /**
   * Looks once at what is new since the last proof, and whether what was proven then is unchanged.
   * Where that cannot be said, all is looked at. If everything holds, this proof is kept in the
   * place of the last one; nothing else is written.
   *
   * @param kept the file in which proofs are kept
   * @throws MedallionException where a table does not exist yet, or the file cannot be written
   */
  public VerifyReport proveSinceLast(Path kept) {
    return prove(EventDays.ALL, ProofFile.at(kept, lake));
  }

  /** A name for the proofs of a lake at an address, which no other one has. */
  public static String nameOf(String lakePath) {
    return ProofSettings.hash(lakePath).substring(0, 16);
  }

  /**
   * @param kept null if no proof is used, and none is left
   */
  private VerifyReport prove(EventDays days, ProofFile kept) {
    DataFiles files = new DataFiles();
    boolean again = false;
    while (true) {
      try {
        return prove(days, files, kept, again);
      } catch (Exception e) {
        // Spark throws checked ones that nobody declares. Once more without the file.
        if (!files.isBroken(e)) {
          throw e;
        }
        again = true;
      }
    }
  }

  private VerifyReport prove(EventDays days, DataFiles files, ProofFile kept, boolean again) {
    Findings findings = new Findings();
    GoldCheck gold = new GoldCheck(lake, configuration, days, files);
    // The furthest downstream first, so that each finds upstream what it was made from.
    try (gold) {
      gold.open(findings);
      Tables tables = new Tables(lake, files);
      SparkSession session = session(tables);
      Erasures erasures = Erasures.of(lake.folder(), configuration);
      Findings ofRows = new Findings();
      SilverTransform transform = transform(tables, ofRows);
      LastProof last =
          kept == null
              ? null
              : new LastProof(
                  session, tables, ProofSettings.hash(configuration, transform, erasures));
      if (last != null) {
        if (again) {
          last.giveUp("a data file cannot be read");
        }
        last.increment(kept.read()).ifPresent(tables::after);
      }
      if (days.isAll()) {
        new BronzeCheck(session, tables, configuration).prove(findings);
        new KafkaContentCheck(session, tables, configuration, kafka).prove(findings);
      } else {
        findings.omit("Kafka: its offsets know no event days");
      }
      new RowCheck(session, tables, transform, days, !erasures.begun().isEmpty()).prove(ofRows);
      findings.add(ofRows);
      tables.proven().map(Increment::proof).ifPresent(proof -> carry(proof, findings));
      new ErasureCheck(session, tables, erasures, Contract.of(configuration)).prove(findings);
      tables
          .unfinished()
          .forEach(
              metadata ->
                  findings.note(
                      "A rewrite of %s, %s, is at work or was cut off; its rows may stand in two places until it is run again",
                      metadata.days(), metadata.id()));
      provenGold(session, tables, gold).ifPresent(gold::asProven);
      gold.prove(session, findings);
      files.prove(findings);
      return new VerifyReport(
          tables.silverVersion(),
          tables.seq(),
          gold.version(),
          findings.checks(),
          findings.omitted(),
          gold.unchecked(),
          findings.notes(),
          last == null ? null : keep(kept, last, tables, gold, findings, ofRows.omitted()));
    }
  }

  /** What could not be looked at then is still not known. */
  private static void carry(Proof proof, Findings findings) {
    proof
        .open()
        .forEach(open -> findings.omit("%s", "in the proof of " + open.at() + ": " + open.what()));
  }

  /** Gold's part of the last proof, where silver has the very rows that gold was made from then. */
  private static Optional<Proof.Gold> provenGold(
      SparkSession session, Tables tables, GoldCheck gold) {
    return tables
        .proven()
        .map(increment -> increment.proof().gold())
        .filter(proof -> Objects.equals(gold.version(), tables.silverVersion()))
        .filter(proof -> tables.silver(session).isEmpty());
  }

  /** Leaves this proof for the next one, if everything that was looked at holds. */
  private static VerifyReport.SinceLast keep(
      ProofFile kept,
      LastProof last,
      Tables tables,
      GoldCheck gold,
      Findings findings,
      List<String> open) {
    List<String> notKept = new ArrayList<>();
    if (findings.checks().stream().anyMatch(check -> check.off() > 0)) {
      notKept.add("something is off");
    }
    if (!tables.unfinished().isEmpty()) {
      notKept.add("a rewrite is at work or was cut off");
    }
    if (!last.isOfKnownBytes()) {
      notKept.add("the bytes of some data files do not say which rows the tables have");
    }
    if (notKept.isEmpty()) {
      Proof.Gold proof =
          Objects.equals(gold.version(), tables.silverVersion()) ? gold.proof().orElse(null) : null;
      kept.write(last.next(tables.proven(), open, proof));
    }
    Map<String, Long> rows = new LinkedHashMap<>();
    TableState before = tables.provenState();
    if (tables.proven().isPresent()) {
      rows.put("bronze", before.read());
      rows.put("silver", before.rows());
      rows.put("quarantine", before.quarantined());
      rows.put("gold", gold.rowsAsProven());
    }
    return new VerifyReport.SinceLast(
        tables.proven().map(increment -> increment.proof().at()).orElse(null),
        rows,
        gold.checksAsProven(),
        last.reasons(),
        kept.path().toString(),
        notKept);
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
