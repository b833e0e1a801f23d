package io.medallion.silver.enrich;

import io.medallion.common.event.ParsedEvent;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * An enricher, and where its values go: each to the column of silver that it names, whichever place
 * that has. Thread-safe.
 */
public final class BoundEnricher {
  private final Enricher enricher;
  private final int[] places;
  private final Enricher.Type[] types;

  private BoundEnricher(Enricher enricher, StructType schema) {
    List<Enricher.Column> columns = enricher.columns();
    this.enricher = enricher;
    this.places = columns.stream().mapToInt(column -> schema.fieldIndex(column.name())).toArray();
    this.types = columns.stream().map(Enricher.Column::type).toArray(Enricher.Type[]::new);
  }

  /**
   * Binds enrichers to the columns of a row.
   *
   * @param enriched the columns that enrichers fill, each by exactly one
   * @throws IllegalStateException if one fills another column, one of another type, or one that
   *     another enricher fills; and where a column is left
   */
  static List<BoundEnricher> bind(
      List<Enricher> enrichers, StructType schema, List<String> enriched) {
    Set<String> left = new LinkedHashSet<>(enriched);
    Map<String, String> filled = new HashMap<>();
    for (Enricher enricher : enrichers) {
      String name = enricher.getClass().getSimpleName();
      for (Enricher.Column column : enricher.columns()) {
        String other = filled.put(column.name(), name);
        if (other != null) {
          throw new IllegalStateException(
              "%s and %s both fill the column %s".formatted(other, name, column.name()));
        }
        if (!left.remove(column.name())) {
          throw new IllegalStateException(
              "%s fills %s, which is none of silver's enriched columns: %s"
                  .formatted(name, column.name(), String.join(", ", enriched)));
        }
        requireType(name, column, schema.apply(column.name()).dataType());
      }
    }
    if (!left.isEmpty()) {
      throw new IllegalStateException("no enricher fills " + String.join(", ", left));
    }
    return enrichers.stream().map(enricher -> new BoundEnricher(enricher, schema)).toList();
  }

  private static void requireType(String enricher, Enricher.Column column, DataType stored) {
    if (!stored.equals(stored(column.type()))) {
      throw new IllegalStateException(
          "%s gives %s as %s, silver has it as %s"
              .formatted(enricher, column.name(), column.type(), stored.sql()));
    }
  }

  private static DataType stored(Enricher.Type type) {
    return switch (type) {
      case TEXT -> DataTypes.StringType;
      case DOUBLE -> DataTypes.DoubleType;
      case LONG -> DataTypes.LongType;
      case TIMESTAMP -> DataTypes.TimestampType;
      case BOOLEAN -> DataTypes.BooleanType;
    };
  }

  /** Writes what it knows of an event into its columns of a row. */
  public void write(ParsedEvent event, UnsafeRowWriter row) {
    Object[] values = enricher.values(event);
    if (values.length != places.length) {
      throw new IllegalStateException(
          "%s gives %d values for %d columns"
              .formatted(enricher.getClass().getSimpleName(), values.length, places.length));
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        row.setNullAt(places[i]);
      } else {
        write(row, places[i], types[i], values[i]);
      }
    }
  }

  private static void write(UnsafeRowWriter row, int place, Enricher.Type type, Object value) {
    switch (type) {
      case TEXT -> row.write(place, (UTF8String) value);
      case DOUBLE -> row.write(place, (double) value);
      case LONG, TIMESTAMP -> row.write(place, (long) value);
      case BOOLEAN -> row.write(place, (boolean) value);
    }
  }
}
