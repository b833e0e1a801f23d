package io.medallion.silver.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.api.Test;

class RowsByTimeTest {
  @Test
  void rowsOfSeveralRunsComeInTheOrderOfTheirTimes() {
    assertThat(times(run(2, 5, 9), run(), run(1, 5, 6), run(7)))
        .containsExactly(1L, 2L, 5L, 5L, 6L, 7L, 9L);
    assertThat(times(run(2, 5, 9))).containsExactly(2L, 5L, 9L);
    assertThat(times(run(), run())).isEmpty();
    assertThat(times()).isEmpty();
  }

  private static List<Long> times(RowsByTime.Run... runs) {
    List<Long> times = new ArrayList<>();
    RowsByTime.of(List.of(runs)).forEachRemaining(row -> times.add(row.getLong(0)));
    return times;
  }

  private static RowsByTime.Run run(long... times) {
    return new RowsByTime.Run(
        times,
        Arrays.stream(times)
            .mapToObj(time -> (InternalRow) new GenericInternalRow(new Object[] {time}))
            .iterator());
  }
}
