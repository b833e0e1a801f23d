package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.lit;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ContractRule.Otherwise;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.parse.ContractExpressions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Every bronze row is one of a silver row, a quarantine row or a copy of a silver row, and silver
 * says what the bytes say. Nothing that silver found out about duplicates is used.
 */
final class RowCheck {
  static final String LAYER = "silver";
  static final String ONCE = "bronze holds each Kafka position once";
  static final String ONE_PLACE = "each bronze row is one of silver, quarantine, duplicate";
  static final String SAME = "silver says what bronze's bytes say";
  static final String BYTES = "quarantine keeps bronze's bytes";
  static final String COUNT = "bronze holds as many rows as silver has read";
  static final String CONTRACT = "silver's rows keep the contract";
  static final String EVENT_ONCE = "silver holds each event once";

  private static final int EXAMPLES = 5;

  private final SparkSession session;
  private final Tables tables;
  private final EventRules rules;
  private final EventDays days;

  RowCheck(SparkSession session, Tables tables, EventRules rules, EventDays days) {
    this.session = session;
    this.tables = tables;
    this.rules = rules;
    this.days = days;
  }

  void prove(List<Check> checks, List<String> notes) {
    views();
    Dataset<Row> places = session.sql(SqlResource.of("places"));
    places.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      places.createOrReplaceTempView("places");
      places(checks);
    } finally {
      places.unpersist();
    }
    contract().ifPresent(checks::add);
    events(checks, notes);
  }

  private void views() {
    var bronze = tables.bronzeRead(session).where(days.conditionOnArrival("ingest_date"));
    Dataset<Row> silver =
        whole(tables.silver(session)).where(days.condition(SilverColumns.EVENT_DATE));
    Reparse.at(bronze, rules, session)
        .where(days.isAll() ? "true" : days.condition(SilverColumns.EVENT_DATE))
        .selectExpr("*", content() + " as _content", "'" + rulesNow() + "' as _rules")
        .createOrReplaceTempView("judged");
    silver
        .selectExpr(
            "*",
            content() + " as _content",
            "concat_ws('/', cast(rules_version as string), contract_version) as _rules")
        .createOrReplaceTempView("silver");
    tables.quarantineRead(session).createOrReplaceTempView("quarantine");
  }

  /** A table of an earlier program or contract reads null where it lacks a column. */
  private Dataset<Row> whole(Dataset<Row> silver) {
    List<String> there = Arrays.asList(silver.columns());
    Dataset<Row> whole = silver;
    for (StructField field : TableDefinition.silver(rules.contract()).schema().fields()) {
      if (!there.contains(field.name())) {
        whole = whole.withColumn(field.name(), lit(null).cast(field.dataType()));
      }
    }
    return whole;
  }

  /** As {@code _rules} of a row that was judged by today's rules and contract. */
  private String rulesNow() {
    String contract = rules.contract().version();
    return EventRules.RULES_VERSION + (contract == null ? "" : "/" + contract);
  }

  /** A null and its place are part of what is said. */
  private String content() {
    return Reparse.said(rules).stream()
        .map(name -> name.equals(SilverColumns.FLAGS) ? readingFlags() : name)
        .map(name -> name + " is null, " + name)
        .collect(Collectors.joining(", ", "xxhash64(commit_seq, ", ")"));
  }

  /** The flags of a row that parsing alone gives. */
  private String readingFlags() {
    return nullIfEmpty(
        "filter(coalesce(flags, cast(array() as array<string>)), f -> f in (%s))"
            .formatted(names(rules.contract())));
  }

  private static String names(Contract contract) {
    return contract.readingFlags().isEmpty()
        ? "''"
        : contract.readingFlags().stream()
            .map(flag -> "'" + flag + "'")
            .collect(Collectors.joining(", "));
  }

  private static String nullIfEmpty(String flags) {
    return "nullif(%s, cast(array() as array<string>))".formatted(flags);
  }

  /** What the contract computes of a row, computed again of what the row says; by a query. */
  private Optional<Check> contract() {
    Contract contract = rules.contract();
    if (contract.computed().isEmpty() && contract.rules().isEmpty()) {
      return Optional.empty();
    }
    List<String> wrong = new ArrayList<>();
    StructType silver = TableDefinition.silver(contract).schema();
    for (ContractColumn column : contract.computed()) {
      wrong.add(
          "not (`%s` <=> cast((%s\n) as %s))"
              .formatted(
                  column.name(), column.expr(), silver.apply(column.name()).dataType().sql()));
    }
    contract.rules(Otherwise.QUARANTINE).forEach(r -> wrong.add(ContractExpressions.condition(r)));
    wrong.add(
        "not (%s <=> %s)"
            .formatted(
                nullIfEmpty(
                    "filter(coalesce(flags, cast(array() as array<string>)), f -> f not in (%s))"
                        .formatted(names(contract))),
                flags(contract)));
    String off = String.join(" or ", wrong);
    session
        .table("silver")
        .where("_rules = '%s'".formatted(rulesNow()))
        .createOrReplaceTempView("kept_by_contract");
    Row counts =
        session.sql("select count(*), count_if(%s) from kept_by_contract".formatted(off)).head();
    return Optional.of(
        new Check(
            LAYER,
            CONTRACT,
            counts.getLong(0),
            counts.getLong(1),
            counts.getLong(1) == 0
                ? List.of()
                : found(
                    session.sql(
                        SqlResource.of("finding")
                            .formatted(
                                "'not what the contract computes'",
                                "kept_by_contract where " + off)))));
  }

  private static String flags(Contract contract) {
    String names =
        contract.rules(Otherwise.FLAG).stream()
            .map(r -> "if(%s, '%s', null)".formatted(ContractExpressions.condition(r), r.name()))
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? "cast(null as array<string>)"
        : nullIfEmpty("filter(array(%s), f -> f is not null)".formatted(names));
  }

  private void places(List<Check> checks) {
    String refused = days.isAll() ? "true" : "bronze_rows + silver_rows > 0";
    String tolerated =
        tables.unfinished().isEmpty()
            ? "false"
            : "bronze_rows = 1 and silver_rows = 1 and quarantine_rows = 1";
    String once = "bronze_rows > 1";
    String place =
        "(%s) and not (%s) and (silver_rows + quarantine_rows > 1 or bronze_rows = 0)"
            .formatted(refused, tolerated);
    String same =
        "bronze_rows = 1 and silver_rows = 1 and rules = rules_now and not (said <=> kept)";
    String bytes = "bronze_rows = 1 and quarantine_rows = 1 and not (bytes <=> quarantine_bytes)";
    Row counts =
        session
            .sql(
                ("select coalesce(sum(bronze_rows), 0), count_if(%s), count_if(%s),"
                        + " coalesce(sum(silver_rows), 0), count_if(%s),"
                        + " coalesce(sum(if(bronze_rows > 0, quarantine_rows, 0)), 0),"
                        + " count_if(%s), count_if(silver_rows + quarantine_rows = 0) from places")
                    .formatted(once, place, same, bytes))
            .head();
    long rows = counts.getLong(0);
    checks.add(check("bronze", ONCE, rows, counts.getLong(1), once, "bronze_rows || ' times'"));
    if (days.isAll()) {
      checks.add(counted(rows));
    }
    checks.add(
        lost(
            counts.getLong(7),
            check(
                LAYER,
                ONE_PLACE,
                rows,
                counts.getLong(2),
                place,
                "bronze_rows || ' bronze, ' || silver_rows || ' silver, ' || quarantine_rows"
                    + " || ' quarantine rows'")));
    checks.add(
        check(LAYER, SAME, counts.getLong(3), counts.getLong(4), same, "'silver says otherwise'"));
    checks.add(
        check("quarantine", BYTES, counts.getLong(5), counts.getLong(6), bytes, "'other bytes'"));
  }

  private Check counted(long rows) {
    long read = tables.silverState().read();
    return new Check(
        "bronze",
        COUNT,
        rows,
        Math.abs(rows - read),
        rows == read
            ? List.of()
            : List.of("%,d rows up to there, silver has read %,d".formatted(rows, read)));
  }

  /** Adds rows that are nowhere, though no earlier row of silver is the same event. */
  private Check lost(long nowhere, Check check) {
    if (nowhere == 0) {
      return check;
    }
    Dataset<Row> lost = session.sql(SqlResource.of("lost"));
    long off = lost.count();
    List<String> examples = new ArrayList<>(check.examples());
    if (off > 0) {
      examples.addAll(found(lost));
    }
    return new Check(check.layer(), check.name(), check.examined(), check.off() + off, examples);
  }

  private Check check(
      String layer, String name, long examined, long off, String condition, String words) {
    return new Check(
        layer,
        name,
        examined,
        off,
        off == 0
            ? List.of()
            : found(
                session.sql(
                    SqlResource.of("finding").formatted(words, "places where " + condition))));
  }

  private static List<String> found(Dataset<Row> findings) {
    return findings.limit(EXAMPLES).collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  private void events(List<Check> checks, List<String> notes) {
    Row counts = session.sql(SqlResource.of("events")).head();
    checks.add(
        new Check(
            LAYER,
            EVENT_ONCE,
            counts.getLong(0),
            counts.getLong(1),
            counts.getLong(1) == 0
                ? List.of()
                : found(session.sql(SqlResource.of("events_twice")))));
    if (counts.getLong(2) > 0) {
      notes.add(
          "%,d event ids are used for events of different times; these are different events"
              .formatted(counts.getLong(2)));
    }
  }
}
