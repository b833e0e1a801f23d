package io.medallion.silver.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.dedup.IdentityRule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class ParsedBlockTest {
  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final ParsedSchema SCHEMA = ParsedSchema.of(SILVER);
  private static final int TIME = SILVER.fieldIndex(SilverColumns.EVENT_TIME);
  private static final int OFFSET = SILVER.fieldIndex(SilverColumns.OFFSET);
  private static final UTF8String TOPIC = UTF8String.fromString("clickstream_events");

  @Test
  void aPartitionOfAnySizeIsKeptInBlocks() {
    int rows = 2 * ParsedBlock.MOST_ROWS + 1;
    List<ParsedBlock> blocks = blocks(7, rows, 1);

    assertThat(blocks).hasSize(3);
    assertThat(blocks).extracting(ParsedBlock::number).doesNotHaveDuplicates();
    assertThat(blocks).allMatch(block -> ParsedBlock.partition(block.number()) == 7);
    assertThat(blocks.stream().mapToLong(block -> block.summary().statistics().records()))
        .containsExactly((long) ParsedBlock.MOST_ROWS, (long) ParsedBlock.MOST_ROWS, 1L);
  }

  @Test
  void noneAreMadeOfNothing() {
    assertThat(blocks(0, 0, 1)).isEmpty();
  }

  /** Spark lets no more than a set number of bytes come to the driver: 114 for each before. */
  @Test
  void aCandidateTakesFewBytesToTheDriver() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(blocks(0, 10_000, 1).get(0).summary());
    }

    assertThat(bytes.size() / 10_000).isLessThan(97);
  }

  @Test
  void whatItsTaskDoesNotWriteIsPackedForThoseThatDoInTheOrderOfTime() throws Exception {
    ParsedBlock block = blocks(1, 90, 3).get(0);
    BitSet odd = new BitSet();
    IntStream.range(0, 90).filter(place -> place % 2 == 1).forEach(odd::set);
    // The days 0, 1 and 2 have fifteen each, and two cores may make five files.
    FilePlan files =
        FilePlan.of(
            IntStream.range(0, 9)
                .mapToObj(i -> new FilePlan.Group(i / 3, i % 3, i == 5 ? 10_000 : 15))
                .toList(),
            2);
    assertThat(files.stays(1, 2)).isTrue();

    List<Long> staying = offsets(block.byTime(odd, day -> files.stays(1, day)).rows());
    List<Long> moved = new ArrayList<>();
    block
        .moving(odd, files)
        .forEachRemaining(part -> moved.addAll(offsets(sent(part._2()).byTime().rows())));

    assertThat(staying)
        .containsExactly(89L, 83L, 77L, 71L, 65L, 59L, 53L, 47L, 41L, 35L, 29L, 23L, 17L, 11L, 5L);
    assertThat(moved).hasSize(30).doesNotContainAnyElementsOf(staying).doesNotHaveDuplicates();
    assertThat(moved.subList(0, 3)).containsExactly(87L, 81L, 75L);
  }

  private static MovedRows sent(MovedRows rows) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(rows);
      }
      return (MovedRows)
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Long> offsets(Iterator<InternalRow> rows) {
    List<Long> offsets = new ArrayList<>();
    rows.forEachRemaining(row -> offsets.add(row.getLong(OFFSET)));
    return offsets;
  }

  /** Rows of some days in turn, the later ones earlier on their day. */
  private static List<ParsedBlock> blocks(int partition, int count, int days) {
    UnsafeProjection compact = UnsafeProjection.create(SCHEMA.schema());
    Object[] row = new Object[SCHEMA.size()];
    row[SILVER.fieldIndex(SilverColumns.FINGERPRINT)] = 1L;
    row[SILVER.fieldIndex(SilverColumns.COMMIT_SEQ)] = 1L;
    row[SILVER.fieldIndex(SilverColumns.TOPIC)] = TOPIC;
    row[SILVER.fieldIndex(SilverColumns.PARTITION)] = 0;
    Iterator<UnsafeRow> rows =
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  row[SILVER.fieldIndex(SilverColumns.EVENT_ID)] =
                      UTF8String.fromString(new UUID(i, i).toString());
                  row[TIME] = i % days * UtcDay.MICROS + count - i;
                  row[OFFSET] = (long) i;
                  return compact.apply(new GenericInternalRow(row));
                })
            .iterator();
    List<ParsedBlock> blocks = new ArrayList<>();
    ParsedBlock.of(partition, SCHEMA, IdentityRule.ID_AND_TIME, rows).forEachRemaining(blocks::add);
    return blocks;
  }
}
