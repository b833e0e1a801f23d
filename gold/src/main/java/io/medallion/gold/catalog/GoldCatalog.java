package io.medallion.gold.catalog;

import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.catalog.TableChange;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.execution.datasources.v2.jdbc.JDBCTableCatalog;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** The tables and views of the schema {@code gold} for Spark, which can only read them. */
public final class GoldCatalog implements TableCatalog {
  /** Its name among a session's catalogs, and that of the schema. */
  public static final String NAME = "gold";

  private final JDBCTableCatalog database = new JDBCTableCatalog();

  /** Called by Spark, which names this class in {@code spark.sql.catalog.gold}. */
  public GoldCatalog() {}

  @Override
  public void initialize(String name, CaseInsensitiveStringMap options) {
    database.initialize(name, options);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Identifier[] listTables(String[] namespace) {
    return database.listTables(new String[] {NAME});
  }

  @Override
  public Table loadTable(Identifier name) throws NoSuchTableException {
    if (name.namespace().length > 0) {
      throw new NoSuchTableException(name);
    }
    return new ReadTable(
        (SupportsRead)
            database.loadTable(
                Identifier.of(new String[] {NAME}, name.name().toLowerCase(Locale.ROOT))));
  }

  @Override
  public Table alterTable(Identifier name, TableChange... changes) {
    throw new UnsupportedOperationException("Gold is only read here: " + name);
  }

  @Override
  public boolean dropTable(Identifier name) {
    throw new UnsupportedOperationException("Gold is only read here: " + name);
  }

  @Override
  public void renameTable(Identifier from, Identifier to) {
    throw new UnsupportedOperationException("Gold is only read here: " + from);
  }

  /** Of what the driver's table can do, reading. */
  private record ReadTable(SupportsRead table) implements SupportsRead {
    @Override
    public String name() {
      return table.name();
    }

    @Override
    public Column[] columns() {
      return table.columns();
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.BATCH_READ);
    }

    /** A query's own options would be the driver's. */
    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return table.newScanBuilder(CaseInsensitiveStringMap.empty());
    }
  }
}
