package io.medallion.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
  @Test
  void everyEventInOnePlaceAddsUp() {
    assertThat(reconciliation(100, 100, 90, 6, 4, 90, 80, 7, 3).problems()).isEmpty();
  }

  @Test
  void nothingAtAllAddsUp() {
    assertThat(reconciliation(0, 0, 0, 0, 0, 0, 0, 0, 0).problems()).isEmpty();
  }

  @Test
  void aRecordThatBronzeLacksIsMissing() {
    assertThat(reconciliation(101, 100, 90, 6, 4, 90, 80, 7, 3).problems())
        .containsExactly("Kafka's records are 101, bronze's rows are 100: 1 are missing");
  }

  @Test
  void aRowThatSilverCountsTwiceIsTooMany() {
    assertThat(reconciliation(100, 100, 91, 6, 4, 91, 81, 7, 3).problems())
        .containsExactly(
            "bronze's events are 100, silver + quarantine + duplicates are 101: 1 too many");
  }

  @Test
  void aDuplicateThatIsNowhereIsMissing() {
    assertThat(reconciliation(100, 100, 90, 6, 3, 90, 80, 7, 3).problems())
        .containsExactly(
            "bronze's events are 100, silver + quarantine + duplicates are 99: 1 are missing");
  }

  @Test
  void rowsThatGoldHasNotMergedAreMissingThereAndInSessions() {
    assertThat(reconciliation(100, 100, 90, 6, 4, 85, 75, 7, 3).problems())
        .containsExactly(
            "silver's rows are 90, the rows that gold merged are 85: 5 are missing",
            "silver's rows are 90, events in sessions + bots + dropped as late are 85: 5 are"
                + " missing");
  }

  @Test
  void anEventThatNoSessionHoldsIsMissing() {
    assertThat(reconciliation(100, 100, 90, 6, 4, 90, 79, 7, 3).problems())
        .containsExactly(
            "silver's rows are 90, events in sessions + bots + dropped as late are 89: 1 are"
                + " missing");
  }

  @Test
  void sessionsThatAreNotAllKeptAreNotCounted() {
    assertThat(new Reconciliation(100, 0, 100, 90, 6, 0, 4, 90, null, 7, 3, List.of()).problems())
        .isEmpty();
  }

  @Test
  void recordsBeyondBronzeAndATablesOwnContradictionAreTold() {
    Reconciliation reconciliation =
        new Reconciliation(
            100, 2, 100, 90, 6, 0, 4, 90, 80L, 7, 3, List.of("the silver table lies"));
    assertThat(reconciliation.problems())
        .containsExactly(
            "the silver table lies", "Kafka holds 2 records that bronze has not taken");
  }

  private static Reconciliation reconciliation(
      long kafka,
      long bronze,
      long silver,
      long quarantined,
      long duplicates,
      long gold,
      long sessionEvents,
      long bots,
      long late) {
    return new Reconciliation(
        kafka,
        0,
        bronze,
        silver,
        quarantined,
        0,
        duplicates,
        gold,
        sessionEvents,
        bots,
        late,
        List.of());
  }
}
