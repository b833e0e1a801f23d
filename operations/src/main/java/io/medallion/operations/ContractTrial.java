package io.medallion.operations;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.parse.SilverTransform;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * What becomes of events by a contract, by the very code of silver; duplicates aside, which only a
 * table knows. Nothing is written.
 */
public final class ContractTrial {
  private static final Map<String, String> FORMAT =
      Map.of("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "timeZone", "UTC");

  /** Of no interest where there is no table. */
  private static final Set<String> HIDDEN =
      Set.of(
          SilverColumns.FINGERPRINT,
          SilverColumns.RULES_VERSION,
          SilverColumns.CONTRACT_VERSION,
          SilverColumns.SOURCE_EPOCH,
          SilverColumns.TOPIC,
          SilverColumns.PARTITION,
          SilverColumns.OFFSET,
          SilverColumns.EVENT_INDEX,
          SilverColumns.COMMIT_SEQ,
          SilverColumns.KAFKA_TIMESTAMP,
          SilverColumns.INGESTED_AT);

  private final SparkSession session;
  private final SilverTransform transform;

  /** Whose name the site of an event is that names none. */
  private final String topic;

  /**
   * Why an event would go to quarantine.
   *
   * @param code what kind of reason
   * @param field of the event, the column or the rule; null if all of it is meant
   */
  public record Reason(String code, String field, String message) {}

  /**
   * What becomes of one.
   *
   * @param position of its record, {@code topic/partition/offset}, of a line its number; with
   *     {@code #index} for one of several events
   * @param event its columns as a JSON object, without those that are null; null if it is refused
   * @param flags the rules that it breaks and is an event all the same
   * @param reasons why it is refused; empty if it is not
   */
  public record Outcome(String position, String event, List<String> flags, List<Reason> reasons) {}

  /**
   * Prepares.
   *
   * @throws io.medallion.common.error.MedallionException with every error of the contract
   */
  public ContractTrial(SparkSession session, Configuration configuration, Contract contract) {
    this.session = session;
    this.transform =
        SilverTransform.of(configuration, EventRules.of(configuration).with(contract), session);
    this.topic = configuration.get(Keys.KAFKA_TOPICS).get(0);
  }

  /**
   * Tries lines, in order, as if each were a record that has just come.
   *
   * @param first the number of the first
   */
  public List<Outcome> lines(long first, List<String> lines) {
    Instant now = Instant.now();
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
    List<Row> records = new ArrayList<>();
    for (String line : lines) {
      byte[] value = line.getBytes(StandardCharsets.UTF_8);
      records.add(
          RowFactory.create(
              null, value, null, 0, topic, 0, first + records.size(), null, 0, 1L, now, day));
    }
    return outcomes(session.createDataFrame(records, TableDefinition.BRONZE.schema())).stream()
        .map(
            outcome ->
                new Outcome(
                    outcome.position().substring((topic + "/0/").length()),
                    outcome.event(),
                    outcome.flags(),
                    outcome.reasons()))
        .toList();
  }

  /**
   * Tries the newest records of the lake, the oldest of them first.
   *
   * @throws io.medallion.common.error.MedallionException if bronze has no table yet
   */
  public List<Outcome> newest(Lake lake, int most) {
    LakeTable bronze = lake.table(TableDefinition.BRONZE).required();
    Column[] order = {
      col(BronzeColumns.COMMIT_SEQ),
      col(BronzeColumns.TOPIC),
      col(BronzeColumns.PARTITION),
      col(BronzeColumns.OFFSET)
    };
    Column[] backwards = Arrays.stream(order).map(Column::desc).toArray(Column[]::new);
    return outcomes(
        bronze.rowsAt(session, bronze.version()).orderBy(backwards).limit(most).orderBy(order));
  }

  private List<Outcome> outcomes(Dataset<Row> bronze) {
    Dataset<Row> parsed =
        InternalRowDatasets.dataset(session, transform.apply(bronze), transform.schema().schema());
    Column[] shown =
        Arrays.stream(transform.silver().schema().fieldNames())
            .filter(name -> !HIDDEN.contains(name))
            .map(name -> col(name))
            .toArray(Column[]::new);
    return parsed
        .selectExpr(
            "*",
            "concat(topic, '/', partition, '/', offset, coalesce(concat('#', event_index), '')) as"
                + " _position")
        .select(
            col("_position"),
            to_json(struct(shown), FORMAT),
            col(SilverColumns.FLAGS),
            col(QuarantineColumns.REASONS))
        .collectAsList()
        .stream()
        .map(ContractTrial::outcome)
        .toList();
  }

  private static Outcome outcome(Row row) {
    if (row.isNullAt(3)) {
      return new Outcome(
          row.getString(0),
          row.getString(1),
          row.isNullAt(2) ? List.of() : row.getList(2),
          List.of());
    }
    List<Reason> reasons =
        row.<Row>getList(3).stream()
            .map(r -> new Reason(r.getString(0), r.getString(1), r.getString(2)))
            .toList();
    return new Outcome(row.getString(0), null, List.of(), reasons);
  }
}
