package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ContractRule;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.parse.ContractExpressions;
import io.medallion.silver.source.RowPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What a user's contract computes of a row, computed again of what the row says, by a query. Reads
 * the view {@code silver}.
 */
final class ContractCheck {
  static final String NAME = "silver's rows keep the contract";

  private static final String ANONYMIZED = "is_anonymized";

  private final SparkSession session;
  private final Tables tables;
  private final EventRules rules;

  ContractCheck(SparkSession session, Tables tables, EventRules rules) {
    this.session = session;
    this.tables = tables;
    this.rules = rules;
  }

  void prove(Findings findings) {
    Contract contract = rules.contract();
    if (contract.computed().isEmpty() && contract.rules().isEmpty() && contract.sites().isEmpty()) {
      return;
    }
    ofToday().createOrReplaceTempView("kept_by_contract");
    String off = off(contract);
    Row counts =
        session.sql("select count(*), count_if(%s) from kept_by_contract".formatted(off)).head();
    findings.add(
        new Check(
            RowCheck.LAYER,
            NAME,
            counts.getLong(0),
            counts.getLong(1),
            counts.getLong(1) == 0 ? List.of() : examples(off)));
  }

  /** An event stays one when it becomes somebody unknown's, whatever of it that takes. */
  private Dataset<Row> ofToday() {
    Dataset<Row> rows = session.table("silver").where(ofToday(rules));
    if (rules.contract().refusing().isEmpty()) {
      return rows.withColumn(ANONYMIZED, lit(false));
    }
    Dataset<Row> anonymized =
        tables
            .bronze(session)
            .where(
                "%s or %s"
                    .formatted(
                        KafkaContentCheck.ANONYMIZED,
                        KafkaContentCheck.isPartlyAnonymized(rules.contract())))
            .select(RowPosition.recordColumns())
            .distinct()
            .withColumn(ANONYMIZED, lit(true));
    return rows.join(anonymized, RowPosition.recordNames(), "left")
        .withColumn(ANONYMIZED, coalesce(col(ANONYMIZED), lit(false)));
  }

  /** Whether a row was made by today's rules and contract, in Spark's SQL. */
  static String ofToday(EventRules rules) {
    String contract = rules.contract().version();
    return "(%s = %d and %s <=> %s)"
        .formatted(
            SilverColumns.RULES_VERSION,
            EventRules.RULES_VERSION,
            SilverColumns.CONTRACT_VERSION,
            contract == null ? "null" : "'%s'".formatted(contract));
  }

  private static String off(Contract contract) {
    List<String> wrong = new ArrayList<>();
    StructType silver = TableDefinition.silver(contract).schema();
    for (ContractColumn column : contract.computed()) {
      wrong.add(
          "not (`%s` <=> cast((%s\n) as %s))"
              .formatted(
                  column.name(), column.expr(), silver.apply(column.name()).dataType().sql()));
    }
    contract
        .refusing()
        .forEach(
            r ->
                wrong.add(
                    "(%s) and not %s".formatted(ContractExpressions.condition(r), ANONYMIZED)));
    for (ContractRule rule : contract.flagging()) {
      if (!rule.fields().isEmpty()) {
        wrong.add(
            "(%s) and coalesce(%s) is not null"
                .formatted(
                    ContractExpressions.condition(rule),
                    rule.fields().stream()
                        .map("cast(`%s` as string)"::formatted)
                        .collect(Collectors.joining(", "))));
      }
    }
    wrong.add("not (%s <=> %s)".formatted(flagsOfRules(contract), flags(contract)));
    wrong.add("not (%s <=> %s)".formatted(SilverColumns.LOCAL_DATE, localDate(contract)));
    return String.join(" or ", wrong);
  }

  /** Without those of values that were dropped or rounded, which parsing alone gives. */
  private static String flagsOfRules(Contract contract) {
    String reading =
        contract.readingFlags().stream()
            .map(flag -> "'" + flag + "'")
            .collect(Collectors.joining(", "));
    return reading.isEmpty()
        ? "flags"
        : nullIfEmpty("filter(flags, f -> f not in (%s))".formatted(reading));
  }

  private static String nullIfEmpty(String flags) {
    return "nullif(%s, cast(array() as array<string>))".formatted(flags);
  }

  private static String flags(Contract contract) {
    String names =
        contract.flagging().stream()
            .map(r -> "if(%s, '%s', null)".formatted(ContractExpressions.condition(r), r.name()))
            .collect(Collectors.joining(", "));
    return names.isEmpty()
        ? "cast(null as array<string>)"
        : nullIfEmpty("filter(array(%s), f -> f is not null)".formatted(names));
  }

  /** By Spark's own reading of time zones. */
  private static String localDate(Contract contract) {
    String zones =
        contract.sites().stream()
            .map(site -> " when %s then '%s'".formatted(literal(site.name()), site.zone().getId()))
            .collect(Collectors.joining());
    return zones.isEmpty()
        ? SilverColumns.EVENT_DATE
        : "cast(from_utc_timestamp(%s, case %s%s else 'UTC' end) as date)"
            .formatted(SilverColumns.EVENT_TIME, SilverColumns.SITE, zones);
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private List<String> examples(String off) {
    return session
        .table("kept_by_contract")
        .where(off)
        .orderBy(
            BronzeColumns.SOURCE_EPOCH,
            BronzeColumns.TOPIC,
            BronzeColumns.PARTITION,
            BronzeColumns.OFFSET,
            SilverColumns.EVENT_INDEX)
        .limit(Findings.EXAMPLES)
        .collectAsList()
        .stream()
        .map(
            row ->
                "%s-%d@%d%s: not what the contract computes"
                    .formatted(
                        row.<String>getAs(BronzeColumns.TOPIC),
                        row.<Integer>getAs(BronzeColumns.PARTITION),
                        row.<Long>getAs(BronzeColumns.OFFSET),
                        row.getAs(SilverColumns.EVENT_INDEX) == null
                            ? ""
                            : "#" + row.<Integer>getAs(SilverColumns.EVENT_INDEX)))
        .toList();
  }
}
