package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.TimestampType;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class BoundEnricherTest {
  private static final Configuration NO_SETTINGS = Configuration.builder().build();
  private static final List<String> ENRICHED = List.of("place", "lit", "height", "seen");
  private static final StructType SCHEMA =
      StructType.fromDDL("seen TIMESTAMP, id STRING, height DOUBLE, place STRING, lit BOOLEAN");

  private static final Enricher.Column PLACE = text("place");
  private static final Enricher.Column LIT = new Enricher.Column("lit", Enricher.Type.BOOLEAN);
  private static final Enricher.Column HEIGHT = new Enricher.Column("height", Enricher.Type.DOUBLE);
  private static final Enricher.Column SEEN = new Enricher.Column("seen", Enricher.Type.TIMESTAMP);

  /** One that gives the same of every event. */
  private static final class Fixed implements Enricher {
    private final List<Column> columns;
    private final Object[] values;

    Fixed(List<Column> columns, Object... values) {
      this.columns = columns;
      this.values = values;
    }

    @Override
    public List<Column> columns() {
      return columns;
    }

    @Override
    public Object[] values(ParsedEvent event) {
      return values;
    }
  }

  @Test
  void valuesGoToTheColumnsOfTheirNames() {
    UnsafeRow row =
        row(
            new Fixed(List.of(LIT, SEEN), true, 7L),
            new Fixed(List.of(PLACE, HEIGHT), UTF8String.fromString("here"), 1.5));

    assertThat(row.getLong(0)).isEqualTo(7);
    assertThat(row.getDouble(2)).isEqualTo(1.5);
    assertThat(row.getUTF8String(3)).hasToString("here");
    assertThat(row.getBoolean(4)).isTrue();
  }

  @Test
  void aValueThatIsNotKnownIsNull() {
    UnsafeRow row = row(new Fixed(List.of(SEEN, PLACE, LIT, HEIGHT), null, null, false, null));

    assertThat(row.isNullAt(0)).isTrue();
    assertThat(row.isNullAt(2)).isTrue();
    assertThat(row.isNullAt(3)).isTrue();
    assertThat(row.getBoolean(4)).isFalse();
  }

  @Test
  void aColumnThatSilverHasNotIsRefused() {
    refused("Fixed fills colour, which is none of", text("colour"), LIT, HEIGHT, SEEN);
    refused("Fixed fills id, which is none of", text("id"), PLACE, LIT, HEIGHT, SEEN);
  }

  @Test
  void aColumnOfAnotherTypeIsRefused() {
    refused(
        "Fixed gives height as TEXT, silver has it as DOUBLE", text("height"), PLACE, LIT, SEEN);
  }

  @Test
  void aColumnThatNobodyOrSeveralFillIsRefused() {
    refused("no enricher fills lit, seen", PLACE, HEIGHT);
    refused("Fixed and Fixed both fill the column lit", LIT, HEIGHT, LIT, PLACE, SEEN);
  }

  @Test
  void anotherNumberOfValuesThanColumnsIsNotWritten() {
    assertThatThrownBy(() -> row(new Fixed(List.of(SEEN, PLACE, LIT, HEIGHT), 7L, null)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Fixed gives 2 values for 4 columns");
  }

  @Test
  void whatWeHaveFillsExactlyWhatSilverHasForIt() {
    List<Enricher> ours = Enrichers.of(NO_SETTINGS, List.of(), List.of(), UTF8String::fromString);

    assertThat(BoundEnricher.bind(ours, TableDefinition.SILVER.schema(), SilverColumns.ENRICHED))
        .hasSameSizeAs(ours);
    List<String> columns = List.of(TableDefinition.SILVER.schema().fieldNames());
    assertThat(columns.subList(columns.indexOf("properties") + 1, columns.indexOf("fingerprint")))
        .isEqualTo(SilverColumns.ENRICHED);
  }

  private static Enricher.Column text(String name) {
    return new Enricher.Column(name, Enricher.Type.TEXT);
  }

  private static void refused(String message, Enricher.Column... columns) {
    assertThatThrownBy(
            () -> BoundEnricher.bind(List.of(new Fixed(List.of(columns))), SCHEMA, ENRICHED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(message);
  }

  private static UnsafeRow row(Enricher... enrichers) {
    UnsafeRowWriter row = new UnsafeRowWriter(SCHEMA.length());
    row.reset();
    row.zeroOutNullBytes();
    row.setNullAt(1);
    for (BoundEnricher bound : BoundEnricher.bind(List.of(enrichers), SCHEMA, ENRICHED)) {
      bound.write(event(), row);
    }
    return row.getRow();
  }

  private static ParsedEvent event() {
    return new EventParser(EventRules.of(NO_SETTINGS))
        .parse(
            "{}".getBytes(StandardCharsets.UTF_8),
            1_700_000_000_000_000L,
            TimestampType.CREATE_TIME,
            1_700_000_000_000_000L,
            0,
            "topic",
            0,
            0);
  }
}
