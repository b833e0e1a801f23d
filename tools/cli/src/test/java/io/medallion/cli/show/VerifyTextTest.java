package io.medallion.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.operations.verify.VerifyReport.SinceLast;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerifyTextTest {
  private static final Check LOOKED_AT = new Check("silver", "one", 12, 0, List.of());
  private static final Check UNCHANGED = new Check("gold", "two", 3_400, 0, List.of());

  private static List<String> lines(SinceLast sinceLast, List<String> omitted) {
    return VerifyText.lines(
        new VerifyReport(
            7, 9, 7L, List.of(LOOKED_AT, UNCHANGED), omitted, List.of(), List.of(), sinceLast));
  }

  @Test
  void whatHoldsAsProvenIsToldFromWhatWasLookedAt() {
    Map<String, Long> rows = new LinkedHashMap<>();
    rows.put("bronze", 1_000L);
    rows.put("silver", 990L);
    assertThat(
            lines(
                new SinceLast(
                    "2026-03-01T03:30:00Z",
                    rows,
                    List.of("two"),
                    List.of(),
                    "/proofs/lake.json",
                    List.of()),
                List.of()))
        .contains(
            "as proven on 2026-03-01T03:30:00Z: 1,000 rows of bronze, 990 rows of silver; the rows below are what was looked at since",
            "this proof is kept in /proofs/lake.json",
            "everything holds")
        .anyMatch(line -> line.matches("silver +one +12 +ok *"))
        .anyMatch(line -> line.matches("gold +two +3,400 +as proven *"));
  }

  @Test
  void whyEverythingWasLookedAtIsTold() {
    assertThat(
            lines(
                new SinceLast(
                    null,
                    Map.of(),
                    List.of(),
                    List.of("there is none at /proofs/lake.json"),
                    "/proofs/lake.json",
                    List.of("something is off")),
                List.of("in the proof of 2026-03-01: 3 rows")))
        .contains(
            "nothing is taken from an earlier proof: there is none at /proofs/lake.json",
            "this proof is not kept: something is off",
            "not looked at: in the proof of 2026-03-01: 3 rows",
            "what was looked at holds; nothing is known of what was not")
        .noneMatch(line -> line.startsWith("as proven"));
  }

  @Test
  void withoutALastProofNothingIsSaidOfOne() {
    assertThat(lines(null, List.of())).noneMatch(line -> line.contains("proof"));
  }
}
