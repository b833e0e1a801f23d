package io.medallion.lakehouse.query;

import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.LogSnapshot;
import io.medallion.lakehouse.delta.WriterChoice;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.SparkInternals;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.delta.DeltaTimeTravelSpec;
import org.apache.spark.sql.delta.catalog.DeltaTableV2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import scala.Option;

/**
 * The tables of a lake by the names of their layers, also as they were; nothing is looked at before
 * a table is asked for. Tables are neither made nor changed through it.
 */
public final class LakeCatalog implements TableCatalog {
  /** Its name among a session's catalogs. */
  static final String NAME = "lake";

  /** Its setting: the lake's folder. */
  static final String PATH = "path";

  private String lake;

  /** Called by Spark, which names this class in {@code spark.sql.catalog.lake}. */
  public LakeCatalog() {}

  @Override
  public void initialize(String name, CaseInsensitiveStringMap options) {
    lake = options.get(PATH);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Identifier[] listTables(String[] namespace) {
    return TableDefinition.ALL.stream()
        .map(definition -> Identifier.of(new String[0], definition.name()))
        .toArray(Identifier[]::new);
  }

  @Override
  public Table loadTable(Identifier name) throws NoSuchTableException {
    TableDefinition definition = definition(name).orElseThrow(() -> new NoSuchTableException(name));
    LakeFolder folder = folder(SparkSession.active());
    LogSnapshot snapshot = folder.log(definition).snapshot();
    return snapshot.isPlain()
        ? new SnapshotTable(definition.name(), lake + "/" + definition.path(), snapshot)
        : table(name, Option.empty());
  }

  @Override
  public Table loadTable(Identifier name, String version) throws NoSuchTableException {
    return table(
        name,
        Option.apply(
            new DeltaTimeTravelSpec(
                Option.empty(), Option.apply(Long.valueOf(version)), Option.empty(), false)));
  }

  @Override
  public Table loadTable(Identifier name, long micros) throws NoSuchTableException {
    // Delta's own catalog makes a text of it, in the machine's time zone, and reads that in the
    // session's.
    Literal moment = new Literal(micros, DataTypes.TimestampType);
    return table(
        name,
        Option.apply(
            new DeltaTimeTravelSpec(Option.apply(moment), Option.empty(), Option.empty(), false)));
  }

  private Table table(Identifier name, Option<DeltaTimeTravelSpec> then)
      throws NoSuchTableException {
    SparkSession session = SparkSession.active();
    TableDefinition definition = definition(name).orElseThrow(() -> new NoSuchTableException(name));
    LakeTable table =
        new LakeTable(session, definition, lake + "/" + definition.path(), new WriterChoice(false))
            .required();
    DeltaTableV2 found =
        DeltaTableV2.apply(
            session,
            new Path(table.path()),
            Option.empty(),
            Option.empty(),
            scala.collection.immutable.Map$.MODULE$.empty(),
            then);
    if (then.isDefined()) {
      Erasures.requireNotBefore(folder(session), definition, found.initialSnapshot().version());
    }
    return found;
  }

  private LakeFolder folder(SparkSession session) {
    return new LakeFolder(lake, () -> SparkInternals.hadoopConfiguration(session));
  }

  private static Optional<TableDefinition> definition(Identifier name) {
    return TableDefinition.ALL.stream()
        .filter(definition -> name.namespace().length == 0)
        .filter(definition -> definition.name().equalsIgnoreCase(name.name()))
        .findFirst();
  }

  @Override
  public Table alterTable(Identifier name, TableChange... changes) {
    throw new UnsupportedOperationException(
        "The lake is only read here: %s %s".formatted(name, Arrays.toString(changes)));
  }

  @Override
  public boolean dropTable(Identifier name) {
    throw new UnsupportedOperationException("The lake is only read here: " + name);
  }

  @Override
  public void renameTable(Identifier from, Identifier to) {
    throw new UnsupportedOperationException("The lake is only read here: " + from);
  }
}
