package io.medallion.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountedRowsTest {
  @Test
  void aNumberIsRightOrTooSmallOrTooLargeOrOfARowThatShouldNotBe() {
    CountedRows truth =
        new CountedRows(Map.of("views", Map.of("a", 3L, "b", 5L, "c", 2L, "d", 1L)));
    CountedRows held = new CountedRows(Map.of("views", Map.of("a", 3L, "b", 4L, "c", 9L, "z", 6L)));
    ReportTable table =
        ReportTable.of("rows", "who", "table", "rows", "right", "too little", "too much");
    truth.compare("peer", held, table);
    truth.compare("truth", truth, table);
    assertThat(table.rows())
        .containsExactly(
            List.of("peer", "views", 4, 1L, 2L, 13L), List.of("truth", "views", 4, 4L, 0L, 0L));
  }
}
