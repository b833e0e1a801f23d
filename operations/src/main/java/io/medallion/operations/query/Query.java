package io.medallion.operations.query;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.read.GoldTables;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.query.ReadingSession;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions in SQL over the tables by name: {@code bronze}, {@code silver}, {@code quarantine}, any
 * of them with {@code VERSION AS OF} or {@code TIMESTAMP AS OF}, and {@code gold.*}. {@code SHOW
 * TABLES}, {@code DESCRIBE} and {@code EXPLAIN} tell of them.
 *
 * <p>Nothing but that is run. {@link QueryGuard} decides it before anything is done, and what it
 * let through by mistake would find a {@link ReadingSession}, which cannot write.
 */
public final class Query {
  private static final Logger LOG = LoggerFactory.getLogger(Query.class);
  private static final List<String> KEYWORDS =
      List.of(
          ("SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT JOIN LEFT FULL CROSS ON USING AS AND OR"
                  + " NOT IS NULL IN BETWEEN LIKE CASE WHEN THEN ELSE END DISTINCT WITH UNION ALL"
                  + " ASC DESC CAST INTERVAL VERSION TIMESTAMP OF OVER PARTITION SHOW TABLES DESCRIBE"
                  + " EXPLAIN")
              .split(" "));

  private final Lake lake;
  private final Configuration configuration;
  private final GuardedReading reading;
  private final SparkSession session;

  /** Over a lake, and over gold if the configuration names it; opens neither. */
  public Query(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.configuration = configuration;
    this.reading = new GuardedReading(lake, configuration);
    this.session = reading.session();
  }

  /**
   * Makes sure that a statement is a query of tables that are there; needs no session, which takes
   * seconds to start.
   *
   * @throws MedallionException as {@link #rows} does, but for the columns that it names
   */
  public static void check(LakeFolder lake, Configuration configuration, String sql) {
    SqlPlan plan = SqlPlan.parse(sql);
    if (plan.showsTables()) {
      return;
    }
    SqlPlan asked = plan.described().or(plan::explained).orElse(plan);
    QueryGuard.require(asked, () -> GuardedReading.goldNames(configuration));
    TableDefinition.ALL.stream()
        .filter(definition -> asked.tables().stream().anyMatch(name -> names(definition, name)))
        .forEach(definition -> lake.log(definition).required());
  }

  /**
   * What a query may be written with: words of SQL, functions, tables and their columns; of gold
   * none where Postgres does not answer.
   */
  public static Set<String> words(Configuration configuration) {
    Set<String> words = new TreeSet<>(KEYWORDS);
    words.addAll(QueryGuard.functions());
    for (TableDefinition definition : TableDefinition.ALL) {
      words.add(definition.name());
      words.addAll(List.of(definition.schema().fieldNames()));
    }
    if (configuration.find(Keys.POSTGRES_URL).isPresent()) {
      try {
        GoldTables.columns(configuration)
            .forEach(
                (table, columns) -> {
                  words.add(QueryGuard.GOLD + "." + table);
                  words.addAll(columns);
                });
      } catch (MedallionException e) {
        LOG.info("gold's names are not completed", e);
      }
    }
    return words;
  }

  private static boolean names(TableDefinition definition, List<String> name) {
    return name.size() == 1 && name.get(0).equalsIgnoreCase(definition.name());
  }

  /**
   * The rows that a query asks for; nothing is read before they are.
   *
   * @throws MedallionException if it does not parse, names what is not there, or is more than a
   *     query
   */
  public Dataset<Row> rows(String sql) {
    SqlPlan plan = SqlPlan.parse(session, sql);
    if (plan.showsTables()) {
      return tables();
    }
    Optional<SqlPlan> described = plan.described();
    if (described.isPresent()) {
      return columns(guarded(described.get()).rows(session).schema());
    }
    Optional<SqlPlan> explained = plan.explained();
    if (explained.isPresent()) {
      return lines(plan.explanation(session, guarded(explained.get())));
    }
    return guarded(plan).rows(session);
  }

  /** The session without its guard, for the tests of what holds nevertheless. */
  SparkSession session() {
    return session;
  }

  private SqlPlan guarded(SqlPlan plan) {
    reading.require(plan);
    return plan;
  }

  private Dataset<Row> tables() {
    List<Row> rows = new ArrayList<>();
    TableDefinition.ALL.stream()
        .filter(definition -> lake.table(definition).exists())
        .map(definition -> RowFactory.create("", definition.name()))
        .forEach(rows::add);
    if (reading.hasGold()) {
      GoldTables.names(configuration).stream()
          .map(name -> RowFactory.create(QueryGuard.GOLD, name))
          .forEach(rows::add);
    }
    return session.createDataFrame(rows, texts("namespace", "table"));
  }

  private Dataset<Row> columns(StructType schema) {
    return session.createDataFrame(
        Arrays.stream(schema.fields())
            .map(field -> RowFactory.create(field.name(), field.dataType().simpleString()))
            .toList(),
        texts("column", "type"));
  }

  private Dataset<Row> lines(String text) {
    return session.createDataFrame(text.lines().map(RowFactory::create).toList(), texts("plan"));
  }

  private static StructType texts(String... names) {
    StructType schema = new StructType();
    for (String name : names) {
      schema = schema.add(name, DataTypes.StringType);
    }
    return schema;
  }
}
