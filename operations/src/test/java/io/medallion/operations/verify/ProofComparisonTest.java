package io.medallion.operations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.operations.verify.Proof.DataFile;
import io.medallion.operations.verify.Proof.Table;
import io.medallion.operations.verify.ProofComparison.Parts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProofComparisonTest {
  private static final DataFile ONE = file("one", "aa");
  private static final DataFile TWO = file("two", "bb");
  private static final DataFile THREE = file("three", "cc");

  private static DataFile file(String name, String sha256) {
    return new DataFile(name, "2026-03-01", 100, sha256);
  }

  private static Table table(long version, long seq, DataFile... files) {
    return new Table("form", version, seq, List.of(files));
  }

  private static Proof proof(Table silver) {
    return new Proof(
        Proof.FORMAT,
        "2026-03-02T00:00:00Z",
        "settings",
        Map.of("silver", silver),
        Map.of(),
        List.of(),
        null);
  }

  private static ProofComparison compared(Table before, Table now) {
    return ProofComparison.of(proof(before), "settings", Map.of("silver", now));
  }

  private static String reason(Table before, Table now) {
    ProofComparison comparison = compared(before, now);
    assertThat(comparison.reasons()).hasSize(1);
    return comparison.reasons().get(0);
  }

  @Test
  void filesThatCameAreToBeLookedAtAndTheOthersAreNot() {
    ProofComparison comparison = compared(table(5, 9, ONE, TWO), table(6, 12, ONE, TWO, THREE));

    assertThat(comparison.reasons()).isEmpty();
    assertThat(comparison.tables().get("silver"))
        .isEqualTo(new Parts(List.of(ONE, TWO), List.of(), List.of(THREE)));
  }

  @Test
  void ofFilesThatWentTheRowsMustBeInOnesThatCame() {
    ProofComparison comparison = compared(table(5, 9, ONE, TWO), table(6, 9, TWO, THREE));

    assertThat(comparison.reasons()).isEmpty();
    assertThat(comparison.tables().get("silver"))
        .isEqualTo(new Parts(List.of(TWO), List.of(ONE), List.of(THREE)));
  }

  @Test
  void aFileOfOtherBytesIsNamed() {
    assertThat(reason(table(5, 9, ONE, TWO), table(5, 9, ONE, file("two", "b0"))))
        .startsWith("1 files of silver have other bytes")
        .endsWith(": two");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    assertThat(reason(table(5, 9, ONE), table(5, 9, file("one", ""))))
        .startsWith("1 files of silver cannot be read")
        .endsWith(": one");
  }

  @Test
  void aFileThatTheLogListsOtherwiseIsAnotherOne() {
    DataFile moved = new DataFile("one", "2026-03-09", 100, "aa");

    assertThat(compared(table(5, 9, ONE), table(6, 9, moved)).tables().get("silver"))
        .isEqualTo(new Parts(List.of(), List.of(ONE), List.of(moved)));
  }

  @Test
  void aTableThatWentBackIsNotTheOneThatWasProven() {
    assertThat(reason(table(5, 9, ONE), table(4, 9, ONE)))
        .isEqualTo("the silver table has gone back from version 5 to 4");
    assertThat(reason(table(5, 9, ONE), table(6, 8, ONE)))
        .isEqualTo("silver has gone back from commit 9 of bronze to 8");
  }

  @Test
  void anotherTableOrOneReadOtherwiseIsNotTheOneThatWasProven() {
    assertThat(reason(table(5, 9, ONE), new Table("other", 5, 9, List.of(ONE))))
        .startsWith("the silver table is another one");
    assertThat(
            ProofComparison.of(
                    proof(table(5, 9)), "settings", Map.of("quarantine", table(5, 9, ONE)))
                .reasons())
        .hasSize(1);
  }

  @Test
  void changedSettingsProveNothing() {
    assertThat(
            ProofComparison.of(
                    proof(table(5, 9, ONE)), "others", Map.of("silver", table(5, 9, ONE)))
                .reasons())
        .singleElement()
        .asString()
        .startsWith("settings, the contract");
  }
}
