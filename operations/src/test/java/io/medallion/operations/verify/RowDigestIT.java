package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.session.LakeSession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RowDigestIT {
  private static final String[] TEXTS = {null, "", "a", "ab", "b", "0", "00", "é", "\uD83D\uDE00"};
  private static SparkSession session;

  @BeforeAll
  static void session() {
    session =
        LakeSession.create(
            "RowDigestIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  @Test
  void sparksRowsAndThoseOfBytesHaveOneDigestInAnyOrder() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RowDigest.Seeds seeds = RowDigest.Seeds.random();
    for (int run = 0; run < 20; run++) {
      List<String[]> rows = rows(random, random.nextInt(200));
      List<String[]> shuffled = new ArrayList<>(rows);
      Collections.shuffle(shuffled, random);
      assertThat(ofSpark(seeds, rows)).isEqualTo(seeds.of(bytes(shuffled)));
    }
  }

  @Test
  void noChangeOfARowGoesUnseen() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    RowDigest.Seeds seeds = RowDigest.Seeds.random();
    for (int run = 0; run < 2_000; run++) {
      List<String[]> rows = rows(random, 1 + random.nextInt(8));
      List<String[]> changed = changed(random, rows);
      boolean isSame = key(rows).equals(key(changed));
      assertThat(seeds.of(bytes(rows)).equals(seeds.of(bytes(changed)))).isEqualTo(isSame);
    }
  }

  @Test
  void otherSeedsGiveAnotherDigest() {
    List<String[]> rows = List.<String[]>of(new String[] {"a", null});
    assertThat(RowDigest.Seeds.random().of(bytes(rows)))
        .isNotEqualTo(RowDigest.Seeds.random().of(bytes(rows)));
  }

  /** A value, a row more or less, two values of two rows or of one swapped. */
  private static List<String[]> changed(Random random, List<String[]> rows) {
    List<String[]> changed = new ArrayList<>(rows.stream().map(String[]::clone).toList());
    String[] row = changed.get(random.nextInt(changed.size()));
    String[] other = changed.get(random.nextInt(changed.size()));
    int column = random.nextInt(row.length);
    int next = (column + 1) % row.length;
    switch (random.nextInt(5)) {
      case 0 -> row[column] = TEXTS[random.nextInt(TEXTS.length)];
      case 1 -> changed.add(other);
      case 2 -> changed.remove(row);
      case 3 -> {
        String kept = row[column];
        row[column] = other[column];
        other[column] = kept;
      }
      default -> {
        String kept = row[column];
        row[column] = row[next];
        row[next] = kept;
      }
    }
    return changed;
  }

  private static List<String> key(List<String[]> rows) {
    return rows.stream().map(Arrays::toString).sorted().toList();
  }

  private static List<String[]> rows(Random random, int count) {
    return Stream.generate(
            () ->
                Stream.generate(() -> TEXTS[random.nextInt(TEXTS.length)])
                    .limit(3)
                    .toArray(String[]::new))
        .limit(count)
        .toList();
  }

  private static Iterator<byte[][]> bytes(List<String[]> rows) {
    return rows.stream()
        .map(
            row ->
                Stream.of(row)
                    .map(text -> text == null ? null : text.getBytes(StandardCharsets.UTF_8))
                    .toArray(byte[][]::new))
        .iterator();
  }

  private static RowDigest ofSpark(RowDigest.Seeds seeds, List<String[]> rows) {
    StructType schema =
        new StructType().add("texts", DataTypes.createArrayType(DataTypes.StringType));
    return seeds.of(
        session
            .createDataFrame(
                rows.stream().map(row -> RowFactory.create((Object) row)).toList(), schema)
            .repartition(3)
            .select(col("texts")));
  }
}
