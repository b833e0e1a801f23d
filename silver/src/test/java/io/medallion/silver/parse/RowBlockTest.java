package io.medallion.silver.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowBlockTest {
  private static final long SEED = 11;
  private static final int ROWS = 3_000;

  /** As many as a word of bits for nulls has, one fewer, and some words. */
  @ParameterizedTest
  @ValueSource(ints = {1, 52, 63, 64, 65, 130})
  void givesEachRowBackAsItCameInAnyOrder(int fields) {
    Random random = new Random(SEED + fields);
    UnsafeRowWriter writer = new UnsafeRowWriter(fields, 64);
    RowBlock block = new RowBlock(fields);
    List<UnsafeRow> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      UnsafeRow row = row(writer, fields, random, i);
      rows.add(row.copy());
      block.add(row);
    }
    List<Integer> places = new ArrayList<>(IntStream.range(0, ROWS).boxed().toList());
    Collections.shuffle(places, random);
    Iterator<InternalRow> given = block.at(places.iterator());
    for (int place : places) {
      assertThat(given.next()).as("seed %d, row %d", SEED, place).isEqualTo(rows.get(place));
    }
    assertThat(given).isExhausted();
  }

  /** Numbers, texts and nulls; now and then none but nulls, no null, or more than a page. */
  private static UnsafeRow row(UnsafeRowWriter writer, int fields, Random random, int number) {
    double nulls = number % 10 == 0 ? number / 10 % 2 : random.nextDouble();
    writer.reset();
    writer.zeroOutNullBytes();
    for (int field = 0; field < fields; field++) {
      if (random.nextDouble() < nulls) {
        writer.setNullAt(field);
      } else if (random.nextBoolean()) {
        writer.write(field, random.nextLong());
      } else {
        byte[] text = new byte[random.nextInt(number % 1_000 == 999 ? 400_000 : 40)];
        random.nextBytes(text);
        writer.write(field, text);
      }
    }
    return writer.getRow();
  }
}
