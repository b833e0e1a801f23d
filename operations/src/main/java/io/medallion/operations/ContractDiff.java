package io.medallion.operations;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.medallion.common.contract.Contract;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What a contract changes of a lake.
 *
 * @param version of the contract; null for none
 * @param added columns that silver gets at its next start
 * @param refused columns that it has with another type, so that it will not start
 * @param unfilled columns that it has, and new rows are without
 * @param judged silver's rows by what they were judged by
 */
public record ContractDiff(
    String version,
    List<Column> added,
    List<Column> refused,
    List<Column> unfilled,
    List<Judged> judged) {
  /** Copies the lists. */
  public ContractDiff {
    added = List.copyOf(added);
    refused = List.copyOf(refused);
    unfilled = List.copyOf(unfilled);
    judged = List.copyOf(judged);
  }

  /**
   * A column.
   *
   * @param type in the contract, or in the table of one that is not filled
   * @param stored in the table; null if it is not there
   */
  public record Column(String name, String type, String stored) {}

  /**
   * Rows of silver that were judged alike.
   *
   * @param rulesVersion the program's
   * @param contractVersion the contract's; null for none
   * @param today whether they were judged as new ones would be
   * @param from their first event day
   * @param to their last one
   */
  public record Judged(
      int rulesVersion,
      String contractVersion,
      boolean today,
      long rows,
      LocalDate from,
      LocalDate to) {}

  /**
   * Compares a contract with a lake; nothing is written.
   *
   * @throws io.medallion.common.error.MedallionException if silver has no table yet
   */
  public static ContractDiff of(Lake lake, SparkSession session, Contract contract) {
    LakeTable silver = lake.table(TableDefinition.SILVER).required();
    Dataset<Row> rows = silver.rowsAt(session, silver.version());
    StructType stored = silver.schema();
    StructType declared = TableDefinition.silver(contract).schema();
    List<String> there = Arrays.asList(stored.fieldNames());
    List<String> wanted = Arrays.asList(declared.fieldNames());
    List<Column> added = new ArrayList<>();
    List<Column> refused = new ArrayList<>();
    for (StructField field : declared.fields()) {
      String type = field.dataType().sql();
      if (!there.contains(field.name())) {
        added.add(new Column(field.name(), type, null));
      } else if (!stored.apply(field.name()).dataType().equals(field.dataType())) {
        refused.add(new Column(field.name(), type, stored.apply(field.name()).dataType().sql()));
      }
    }
    List<Column> unfilled =
        Arrays.stream(stored.fields())
            .filter(field -> !wanted.contains(field.name()))
            .map(field -> new Column(field.name(), null, field.dataType().sql()))
            .toList();
    return new ContractDiff(
        contract.version(), added, refused, unfilled, judged(rows, contract.version()));
  }

  private static List<Judged> judged(Dataset<Row> silver, String version) {
    Dataset<Row> rows =
        Arrays.asList(silver.columns()).contains(SilverColumns.CONTRACT_VERSION)
            ? silver
            : silver.withColumn(SilverColumns.CONTRACT_VERSION, lit(null).cast("string"));
    return rows
        .groupBy(SilverColumns.RULES_VERSION, SilverColumns.CONTRACT_VERSION)
        .agg(
            count(lit(1)),
            min(SilverColumns.EVENT_DATE).cast("string"),
            max(SilverColumns.EVENT_DATE).cast("string"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new Judged(
                    row.getInt(0),
                    row.getString(1),
                    row.getInt(0) == EventRules.RULES_VERSION
                        && java.util.Objects.equals(row.getString(1), version),
                    row.getLong(2),
                    LocalDate.parse(row.getString(3)),
                    LocalDate.parse(row.getString(4))))
        .sorted(Comparator.comparing(Judged::from).thenComparing(Judged::rulesVersion))
        .toList();
  }
}
