package io.medallion.lakehouse.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReplayMetadataTest {
  @Test
  void aRewriteIsReadBackFromItsNote() {
    ReplayMetadata metadata =
        new ReplayMetadata(
            "b-1",
            new TreeSet<>(List.of(LocalDate.parse("2026-03-02"), LocalDate.parse("2026-03-01"))));

    assertThat(metadata.note())
        .isEqualTo(
            "{\"medallion\":\"rewrite\",\"id\":\"b-1\",\"days\":[\"2026-03-01\",\"2026-03-02\"]}");
    assertThat(ReplayMetadata.of(metadata.note())).contains(metadata);
  }

  @Test
  void whatOthersWriteIntoACommitIsNotARewrite() {
    assertThat(ReplayMetadata.of("nightly fix")).isEmpty();
    assertThat(ReplayMetadata.of("{\"medallion\":\"bronze\"}")).isEmpty();
    assertThat(ReplayMetadata.of("")).isEmpty();
  }
}
