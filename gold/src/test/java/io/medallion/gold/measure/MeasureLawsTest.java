package io.medallion.gold.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every measure's partial form is commutative, associative and has a neutral element. */
class MeasureLawsTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final DecimalType PRICE = DataTypes.createDecimalType(18, 6);
  private static final ValueType SUM = ValueType.decimal(6);

  /**
   * A measure and what its arguments are.
   *
   * @param types of the arguments; the last two of a time and an id are an event's own
   */
  private record Tried(Measure measure, List<DataType> types) {
    @Override
    public String toString() {
      return measure.toString();
    }
  }

  static Stream<Tried> measures() {
    return Stream.of(
        new Tried(new Count(Count.Of.ROWS), List.of()),
        new Tried(new Count(Count.Of.VALUES), List.of(DataTypes.StringType)),
        new Tried(new Count(Count.Of.TRUE), List.of(DataTypes.BooleanType)),
        new Tried(new Sum(PRICE, SUM), List.of(PRICE)),
        new Tried(new Sum(DataTypes.IntegerType, ValueType.BIGINT), List.of(DataTypes.IntegerType)),
        new Tried(Average.of(PRICE, SUM), List.of(PRICE)),
        new Tried(
            Average.of(DataTypes.IntegerType, ValueType.BIGINT), List.of(DataTypes.IntegerType)),
        new Tried(new Extreme(DataTypes.StringType, true), List.of(DataTypes.StringType)),
        new Tried(new Extreme(DataTypes.TimestampType, false), List.of(DataTypes.TimestampType)),
        new Tried(new Extreme(DataTypes.DoubleType, true), List.of(DataTypes.DoubleType)),
        new Tried(new Extreme(DataTypes.BooleanType, true), List.of(DataTypes.BooleanType)),
        new Tried(
            new ValueBy(
                List.of(DataTypes.StringType, PRICE),
                List.of(DataTypes.TimestampType, DataTypes.StringType),
                true,
                true),
            List.of(DataTypes.StringType, PRICE, DataTypes.TimestampType, DataTypes.StringType)),
        new Tried(
            new ValueBy(
                List.of(DataTypes.StringType),
                List.of(PRICE, DataTypes.TimestampType, DataTypes.StringType),
                false,
                false),
            List.of(DataTypes.StringType, PRICE, DataTypes.TimestampType, DataTypes.StringType)),
        new Tried(new DistinctValues(DataTypes.StringType), List.of(DataTypes.StringType)),
        new Tried(new FirstDistinct(3), List.of(DataTypes.StringType, DataTypes.TimestampType)),
        new Tried(
            new FirstValues(3),
            List.of(DataTypes.StringType, DataTypes.TimestampType, DataTypes.StringType)),
        new Tried(
            new Funnel(3),
            List.of(
                DataTypes.BooleanType,
                DataTypes.BooleanType,
                DataTypes.BooleanType,
                DataTypes.TimestampType,
                DataTypes.StringType)));
  }

  @ParameterizedTest
  @MethodSource("measures")
  void anyPartsInAnyOrderAreTheWhole(Tried tried) {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      List<InternalRow> rows = new ArrayList<>();
      int count = random.nextInt(30);
      for (int i = 0; i < count; i++) {
        rows.add(row(tried, random, i));
      }
      byte[] whole = written(of(tried, rows));

      List<InternalRow> shuffled = new ArrayList<>(rows);
      Collections.shuffle(shuffled, random);
      assertThat(written(merged(tried, shuffled, random)))
          .as("%s, seed %d, round %d", tried, SEED, round)
          .isEqualTo(whole);
    }
  }

  /** Parts of random sizes, some of them empty, merged pair by pair in a random tree. */
  private static Partial merged(Tried tried, List<InternalRow> rows, Random random) {
    List<Partial> parts = new ArrayList<>();
    int from = 0;
    while (from < rows.size() || parts.isEmpty() || random.nextInt(4) == 0) {
      int to = Math.min(rows.size(), from + random.nextInt(6));
      parts.add(of(tried, rows.subList(from, to)));
      from = to;
    }
    while (parts.size() > 1) {
      Partial one = parts.remove(random.nextInt(parts.size()));
      parts.get(random.nextInt(parts.size())).add(one);
    }
    return parts.get(0);
  }

  private static Partial of(Tried tried, List<InternalRow> rows) {
    Partial partial = tried.measure().partial();
    rows.forEach(row -> partial.add(row, 1));
    return partial;
  }

  private static byte[] written(Partial partial) {
    CopyBuffer buffer = new CopyBuffer();
    partial.writeTo(buffer);
    return buffer.toBytes();
  }

  /** The arguments from the second column on; every event has an id of its own. */
  private static InternalRow row(Tried tried, Random random, int id) {
    List<Object> values = new ArrayList<>();
    values.add(null);
    for (int i = 0; i < tried.types().size(); i++) {
      boolean own =
          i > 0
              && (tried.types().get(i) == DataTypes.TimestampType
                  || tried.types().get(i - 1) == DataTypes.TimestampType);
      values.add(own ? own(tried.types().get(i), random, id) : any(tried.types().get(i), random));
    }
    return new GenericInternalRow(values.toArray());
  }

  private static Object own(DataType type, Random random, int id) {
    return type == DataTypes.TimestampType
        ? (Object) (long) random.nextInt(9)
        : UTF8String.fromString("e" + id);
  }

  private static Object any(DataType type, Random random) {
    if (random.nextInt(4) == 0) {
      return null;
    } else if (type == DataTypes.StringType) {
      return UTF8String.fromString("v" + random.nextInt(6));
    } else if (type == DataTypes.BooleanType) {
      return random.nextBoolean();
    } else if (type == DataTypes.IntegerType) {
      return random.nextInt(100) - 50;
    } else if (type == DataTypes.DoubleType) {
      return random.nextInt(3) == 0 ? -0.0 : random.nextGaussian();
    } else if (type instanceof DecimalType decimal) {
      return Decimal.apply(random.nextInt(1_000_000), decimal.precision(), decimal.scale());
    }
    return (long) random.nextInt(9);
  }
}
