package io.medallion.silver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.contract.Contract;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.TableState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordDivisionTest {
  private static final TableState WHOLE = new TableState(Map.of(TableState.SEQ, 7L));

  @TempDir Path folder;
  private Contract batch;

  @BeforeEach
  void read() throws IOException {
    batch = contract("batch: {from: batch}");
  }

  private Contract contract(String text) throws IOException {
    return Contract.read(Files.writeString(folder.resolve("contract.yaml"), text).toString());
  }

  @Test
  void whatSilverHasReadBeforeStaysWhole() {
    RecordDivision division = RecordDivision.of(batch, WHOLE);
    assertThat(division.concerns(WHOLE.commitSeq())).isFalse();
    assertThat(division.concerns(WHOLE.commitSeq() + 1)).isTrue();
    assertThat(RecordDivision.of(Contract.NONE, WHOLE).concerns(9)).isFalse();
  }

  @Test
  void anotherPathOrNoneIsRefusedOnceItHasBegun() throws IOException {
    Map<String, Long> begun = new HashMap<>(WHOLE.values());
    begun.putAll(RecordDivision.of(batch, WHOLE).values());
    TableState state = new TableState(begun);
    assertThatCode(() -> RecordDivision.of(batch, state)).doesNotThrowAnyException();
    refuses(() -> RecordDivision.of(Contract.NONE, state));
    Contract other = contract("batch: {from: events}");
    refuses(() -> RecordDivision.of(other, state));
  }

  @Test
  void aReplayDividesNothingBeforeSilverDoes() {
    Map<String, Long> begun = new HashMap<>(WHOLE.values());
    begun.putAll(RecordDivision.of(batch, WHOLE).values());
    assertThatCode(() -> RecordDivision.requireBegun(batch, new TableState(begun)))
        .doesNotThrowAnyException();
    assertThatCode(() -> RecordDivision.requireBegun(Contract.NONE, WHOLE))
        .doesNotThrowAnyException();
    refuses(() -> RecordDivision.requireBegun(batch, WHOLE));
  }

  private static void refuses(Runnable asked) {
    assertThatThrownBy(asked::run)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTRACT_NOT_APPLIED));
  }
}
