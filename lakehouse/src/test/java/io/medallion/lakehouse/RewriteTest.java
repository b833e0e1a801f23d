package io.medallion.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RewriteTest {
  @Test
  void aRewriteIsReadBackFromItsNote() {
    Rewrite rewrite =
        new Rewrite(
            "b-1",
            new TreeSet<>(List.of(LocalDate.parse("2026-03-02"), LocalDate.parse("2026-03-01"))));

    assertThat(rewrite.note())
        .isEqualTo(
            "{\"medallion\":\"rewrite\",\"id\":\"b-1\",\"days\":[\"2026-03-01\",\"2026-03-02\"]}");
    assertThat(Rewrite.of(rewrite.note())).contains(rewrite);
  }

  @Test
  void whatOthersWriteIntoACommitIsNotARewrite() {
    assertThat(Rewrite.of("nightly fix")).isEmpty();
    assertThat(Rewrite.of("{\"medallion\":\"bronze\"}")).isEmpty();
    assertThat(Rewrite.of("")).isEmpty();
  }
}
