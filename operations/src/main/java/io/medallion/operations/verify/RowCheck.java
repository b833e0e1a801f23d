package io.medallion.operations.verify;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.gold.mart.TimeRange;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.parse.SilverTransform;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * Silver and quarantine are what bronze's records make by today's rules, row by row and column by
 * column: each record is derived again, and what becomes of copies is decided again by queries that
 * share nothing with silver's deduplication.
 */
final class RowCheck {
  static final String LAYER = "silver";
  static final String ONCE = "bronze holds each Kafka position once";
  static final String ONE_PLACE = "each bronze row is one of silver, quarantine, duplicate";
  static final String SAME = "silver says what bronze's bytes say";
  static final String LINEAGE = "silver's rows keep when and how their records came";
  static final String LOCATED = "silver's places are the GeoIP database's";
  static final String NETWORKS = "silver's networks are the ASN database's";
  static final String BYTES = "quarantine keeps bronze's records";
  static final String REASONS = "quarantine gives the reasons that the rules give";
  static final String COUNT = "bronze holds as many rows as silver has read";
  static final String STATE = "silver counts what it holds";

  /**
   * A statement about positions.
   *
   * @param examined how many rows it is tried on, as an aggregate in Spark's SQL
   * @param off the positions that speak against it, as a condition
   * @param words what is said of one, as an expression
   */
  private record Statement(String layer, String name, String examined, String off, String words) {}

  private static final String IN_SILVER = "bronze_rows = 1 and silver_rows = 1";
  private static final String IN_QUARANTINE =
      "bronze_rows = 1 and silver_rows = 0 and quarantine_rows = 1";
  private static final String OF_TODAY =
      IN_SILVER + " and not %s and not %s".formatted(Bit.OTHER_RULES.isSet(), Bit.PRUNED.isSet());
  private static final String REFUSED_TODAY =
      IN_QUARANTINE
          + " and not %s and not %s".formatted(Bit.OTHER_REFUSAL.isSet(), Bit.PRUNED.isSet());
  private static final String LOCATED_TODAY = OF_TODAY + " and database = 0";
  private static final String NETWORK_TODAY = OF_TODAY + " and network_database = 0";
  private static final String CONTENT_DIFFERS =
      OF_TODAY
          + " and (not %s or if(%s, content_by_previous, content) <> 0)"
              .formatted(Bit.IS_EVENT.isSet(), Bit.PREVIOUS_KEY.isSet());

  private static final String IN_TWO_PLACES =
      "(bronze_rows = 1 and silver_rows = 1 and quarantine_rows = 1)";

  private final SparkSession session;
  private final Tables tables;
  private final SilverTransform transform;
  private final EventDays days;
  private final boolean erased;

  /**
   * @param erased whether somebody was
   */
  RowCheck(
      SparkSession session,
      Tables tables,
      SilverTransform transform,
      EventDays days,
      boolean erased) {
    this.erased = erased;
    this.session = session;
    this.tables = tables;
    this.transform = transform;
    this.days = days;
  }

  void prove(Findings findings) {
    Places places = new Places(tables.topics(session));
    TableFacts facts = new TableFacts(session, tables, transform, days, places);
    facts.all().createOrReplaceTempView("facts");
    facts.silver().createOrReplaceTempView("silver");
    Dataset<Row> all =
        session.sql(SqlResource.of("places")).persist(StorageLevel.MEMORY_AND_DISK());
    List<Dataset<Row>> kept = new ArrayList<>(List.of(all));
    try {
      all.createOrReplaceTempView("places");
      counts(places, findings);
      derived(places);
      candidates(facts, places, kept);
      new CopyCheck(session, places, transform.identity(), tolerated(findings)).prove(findings);
    } finally {
      kept.forEach(Dataset::unpersist);
    }
    new ContractCheck(session, tables, transform.rules()).prove(findings);
  }

  /** Rows of a rewrite that is at work, or was cut off, may be in two places. */
  private String rewritten() {
    return tables.unfinished().isEmpty() ? "false" : IN_TWO_PLACES;
  }

  /** The event of a copy may be of a day that is not looked at, or erased. */
  private String tolerated(Findings findings) {
    String tolerated = "(%s or %s)".formatted(rewritten(), orphaned(findings));
    long reach = transform.identity().reachMicros();
    if (days.isAll() || reach == 0) {
      return tolerated;
    }
    findings.omit(
        "copies at most %s from the days that are not looked at, whose events may be there",
        transform.rules().contract().identity().within());
    TimeRange range = days.range();
    return "(%s or silver_rows = 0 and (micros < %d or micros >= %d))"
        .formatted(tolerated, range.since() + reach, range.until() - reach);
  }

  /**
   * An erased event may have kept another one of its identity in quarantine, which cannot be
   * decided again where bronze has emptied records of the day.
   */
  private String orphaned(Findings findings) {
    LocalDate kept = tables.bronzeState().keptFrom();
    if (!erased || kept.toEpochDay() == 0) {
      return "false";
    }
    List<String> emptied =
        session
            .sql(
                "select distinct cast(unix_date(event_date) as string) from silver where ingested_at < timestamp '%s 00:00:00Z'"
                    .formatted(kept))
            .as(Encoders.STRING())
            .collectAsList();
    if (emptied.isEmpty()) {
      return "false";
    }
    findings.omit(
        "copies in quarantine of %,d event days that bronze.retention has emptied records of: what they were copies of may have been erased",
        emptied.size());
    return "(quarantine_rows > 0 and micros div 86400000000 in (%s))"
        .formatted(String.join(", ", emptied));
  }

  private List<Statement> statements() {
    String asked = days.isAll() ? "true" : "bronze_rows + silver_rows > 0";
    String nowhere =
        "bronze_rows > 0 and silver_rows + quarantine_rows = 0 and not %s and not %s"
            .formatted(Bit.IS_EVENT.isSet(), Bit.PRUNED.isSet());
    return List.of(
        new Statement(
            "bronze", ONCE, "sum(bronze_rows)", "bronze_rows > 1", "bronze_rows || ' times'"),
        new Statement(
            LAYER,
            ONE_PLACE,
            "sum(bronze_rows)",
            "(%s) and not %s and (silver_rows + quarantine_rows > 1 or bronze_rows = 0 or (%s))"
                .formatted(asked, rewritten(), nowhere),
            "if(%s, 'in neither silver nor quarantine, and no event', bronze_rows || ' bronze, ' || silver_rows || ' silver, ' || quarantine_rows || ' quarantine rows')"
                .formatted(nowhere)),
        new Statement(
            LAYER,
            SAME,
            "count_if(%s)".formatted(OF_TODAY),
            CONTENT_DIFFERS,
            "if(%s, 'silver says otherwise', 'silver has what the rules refuse')"
                .formatted(Bit.IS_EVENT.isSet())),
        new Statement(
            LAYER,
            LINEAGE,
            "count_if(%s)".formatted(IN_SILVER),
            IN_SILVER
                + " and (%s or %s) and lineage <> 0"
                    .formatted(Bit.IS_EVENT.isSet(), Bit.PRUNED.isSet()),
            "'another commit, Kafka time or time of arrival'"),
        new Statement(
            LAYER,
            LOCATED,
            "count_if(%s)".formatted(LOCATED_TODAY),
            LOCATED_TODAY + " and %s and location <> 0".formatted(Bit.IS_EVENT.isSet()),
            "'located elsewhere'"),
        new Statement(
            LAYER,
            NETWORKS,
            "count_if(%s)".formatted(NETWORK_TODAY),
            NETWORK_TODAY + " and %s and network <> 0".formatted(Bit.IS_EVENT.isSet()),
            "'of another network'"),
        new Statement(
            "quarantine",
            BYTES,
            "count_if(%s)".formatted(IN_QUARANTINE),
            IN_QUARANTINE + " and (%s or %s)".formatted(otherRecord(), Bit.WRONG_TIME.isSet()),
            "if(%s, 'another record', 'quarantined before it came, or in future')"
                .formatted(otherRecord())),
        new Statement(
            "quarantine",
            REASONS,
            "count_if(%s)".formatted(REFUSED_TODAY),
            REFUSED_TODAY
                + " and (reasons <> 0 or (%s) <> (%s))"
                    .formatted(Bit.IS_EVENT.isSet(), Bit.CONFLICT.isSet()),
            "if(%s, 'the rules refuse nothing of it', 'other reasons')"
                .formatted(Bit.IS_EVENT.isSet())));
  }

  /** A contract that redacts, or pseudonyms, leave no bytes in quarantine. */
  private String otherRecord() {
    String today = "not " + Bit.OTHER_REFUSAL.isSet();
    String otherBytes =
        transform.rules().contract().isWithholding()
            ? "(bytes <> 0 or %s) and %s".formatted(today, Bit.HAS_BYTES.isSet())
            : "bytes <> 0 and (%s or %s)".formatted(Bit.HAS_BYTES.isSet(), today);
    return "(record <> 0 or not %s and %s)".formatted(Bit.PRUNED.isSet(), otherBytes);
  }

  private void counts(Places places, Findings findings) {
    List<Statement> statements = statements();
    String selected =
        statements.stream()
            .map(s -> "coalesce(%s, 0), count_if(%s)".formatted(s.examined(), s.off()))
            .collect(
                Collectors.joining(
                    ", ",
                    "select ",
                    (", count_if(%s), count_if(%s), count_if(%s), count_if(%s), count_if(%s),"
                            + " coalesce(sum(if(%s, 0, bronze_rows)), 0),"
                            + " coalesce(sum(if(%s or not %s, 0, bronze_rows)), 0),"
                            + " coalesce(sum(silver_rows), 0), coalesce(sum(if(%s, 0, quarantine_rows)), 0)"
                            + " from places")
                        .formatted(
                            IN_SILVER + " and " + Bit.OTHER_RULES.isSet(),
                            IN_QUARANTINE + " and " + Bit.OTHER_REFUSAL.isSet(),
                            OF_TODAY + " and database <> 0",
                            OF_TODAY + " and network_database <> 0",
                            Bit.PRUNED.isSet(),
                            Bit.BEYOND.isSet(),
                            Bit.BEYOND.isSet(),
                            Places.isFirstOfRecord(),
                            Bit.BEYOND.isSet())));
    Row counts = session.sql(selected).head();
    int next = 0;
    for (Statement statement : statements) {
      long examined = counts.getLong(next++);
      long off = counts.getLong(next++);
      findings.add(
          new Check(
              statement.layer(),
              statement.name(),
              examined,
              off,
              off == 0 ? List.of() : examples(places, statement)));
    }
    omitted(counts, next, findings);
    if (days.isAll()) {
      TableState before = tables.provenState();
      state(
          before.events() + counts.getLong(next + 5),
          before.read() + counts.getLong(next + 6),
          before.rows() + counts.getLong(next + 7),
          before.quarantined() + counts.getLong(next + 8),
          findings);
    }
  }

  private static void omitted(Row counts, int next, Findings findings) {
    if (counts.getLong(next) > 0) {
      findings.omit(
          "%,d rows of silver were made by other rules or another contract: what their bytes say cannot be derived",
          counts.getLong(next));
    }
    if (counts.getLong(next + 1) > 0) {
      findings.omit(
          "%,d rows of quarantine were refused by other rules or another contract: their reasons cannot be derived",
          counts.getLong(next + 1));
    }
    if (counts.getLong(next + 2) > 0) {
      findings.omit(
          "%,d rows of silver were located by another GeoIP database than silver.geoip.database: their places cannot be derived",
          counts.getLong(next + 2));
    }
    if (counts.getLong(next + 3) > 0) {
      findings.omit(
          "%,d rows of silver have their networks from another ASN database than silver.geoip.asn-database: these cannot be derived",
          counts.getLong(next + 3));
    }
    if (counts.getLong(next + 4) > 0) {
      findings.omit(
          "%,d records of bronze are emptied by bronze.retention: what was made of them cannot be derived",
          counts.getLong(next + 4));
    }
  }

  private List<String> examples(Places places, Statement statement) {
    return session
        .sql(
            "select place, offset, %s from places where %s order by place, offset limit %d"
                .formatted(statement.words(), statement.off(), Findings.EXAMPLES))
        .collectAsList()
        .stream()
        .map(row -> places.readable(row) + ": " + row.getString(2))
        .toList();
  }

  /** What silver's commits count, by which other tables and pages are told what it did. */
  private void state(long events, long bronze, long silver, long quarantined, Findings findings) {
    TableState state = tables.silverState();
    List<String> off = new ArrayList<>();
    if (bronze != state.read()) {
      off.add("%,d rows up to there, silver has read %,d".formatted(bronze, state.read()));
    }
    if (events != state.events()) {
      off.add("%,d events up to there, silver has read %,d".formatted(events, state.events()));
    }
    findings.add(
        new Check(
            "bronze",
            COUNT,
            bronze,
            Math.max(Math.abs(bronze - state.read()), Math.abs(events - state.events())),
            off));
    if (!tables.unfinished().isEmpty()) {
      findings.omit("what silver's commits count, while a rewrite is unfinished");
      return;
    }
    Map<String, Long[]> counts = new TreeMap<>();
    counts.put("rows", new Long[] {state.rows(), silver});
    counts.put("quarantined", new Long[] {state.quarantined(), quarantined});
    counts.put("duplicates", new Long[] {state.duplicates(), events - silver - quarantined});
    findings.add(
        LAYER,
        STATE,
        counts.size(),
        counts.entrySet().stream()
            .filter(count -> !count.getValue()[0].equals(count.getValue()[1]))
            .map(
                count ->
                    "%s: its commits say %,d, there are %,d"
                        .formatted(count.getKey(), count.getValue()[0], count.getValue()[1]))
            .toList());
  }

  /** What contends for an identity: of rows of other rules what silver says of them. */
  private void derived(Places places) {
    Dataset<Row> derived =
        session.sql(
            """
            select place, offset, commit_seq, id, micros, fingerprint, silver_rows,
              quarantine_rows, bronze_rows
            from places
            where bronze_rows > 0 and %s and not %s and not %s
              and not (quarantine_rows > 0 and (%s or not %s))"""
                .formatted(
                    Bit.IS_EVENT.isSet(),
                    Bit.BEYOND.isSet(),
                    Bit.OTHER_RULES.isSet(),
                    Bit.OTHER_REFUSAL.isSet(),
                    Bit.CONFLICT.isSet()));
    String others =
        "select * from places where bronze_rows > 0 and (%s or %s and silver_rows > 0)"
            .formatted(Bit.OTHER_RULES.isSet(), Bit.PRUNED.isSet());
    if (!session.sql(others).isEmpty()) {
      session.sql(others).createOrReplaceTempView("of_other_rules");
      registerSeal();
      derived =
          derived.union(
              session.sql(
                  SqlResource.of("of_other_rules")
                      .replace(":place", places.column())
                      .replace(":in_partition", Places.inPartition())
                      .replace(":first_kept", tables.bronzeState().keptFrom().toString())
                      .replace(":of_today", ContractCheck.ofToday(transform.rules()))));
    }
    derived.createOrReplaceTempView("derived");
  }

  /** With the events that are proven, of which a record that is looked at may be a copy. */
  private void candidates(TableFacts facts, Places places, List<Dataset<Row>> kept) {
    Dataset<Row> derived = session.table("derived");
    if (tables.proven().isPresent()) {
      registerSeal();
      facts.silverProven().createOrReplaceTempView("silver_proven");
      Dataset<Row> earlier =
          session
              .sql(
                  SqlResource.of("earlier")
                      .replace(":place", places.column())
                      .replace(":in_partition", Places.inPartition()))
              .persist(StorageLevel.MEMORY_AND_DISK());
      kept.add(earlier);
      derived = derived.union(earlier);
    }
    derived.createOrReplaceTempView("candidates");
  }

  private void registerSeal() {
    Pseudonyms pseudonyms = transform.rules().contract().pseudonyms();
    session
        .udf()
        .register(
            "sealed_today",
            (Long fingerprint, String version) ->
                pseudonyms.sealedToday(fingerprint, Contract.pseudonymsOf(version)),
            DataTypes.LongType);
  }
}
