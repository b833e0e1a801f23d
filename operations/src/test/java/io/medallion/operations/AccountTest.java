package io.medallion.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AccountTest {
  @Test
  void everyEventInOnePlaceAddsUp() {
    assertThat(account(100, 100, 90, 6, 4, 90, 80, 7, 3).problems()).isEmpty();
  }

  @Test
  void nothingAtAllAddsUp() {
    assertThat(account(0, 0, 0, 0, 0, 0, 0, 0, 0).problems()).isEmpty();
  }

  @Test
  void aRecordThatBronzeLacksIsMissing() {
    assertThat(account(101, 100, 90, 6, 4, 90, 80, 7, 3).problems())
        .containsExactly("Kafka's records are 101, bronze's rows are 100: 1 are missing");
  }

  @Test
  void aRowThatSilverCountsTwiceIsTooMany() {
    assertThat(account(100, 100, 91, 6, 4, 91, 81, 7, 3).problems())
        .containsExactly(
            "bronze's rows are 100, silver + quarantine + duplicates are 101: 1 too many");
  }

  @Test
  void aDuplicateThatIsNowhereIsMissing() {
    assertThat(account(100, 100, 90, 6, 3, 90, 80, 7, 3).problems())
        .containsExactly(
            "bronze's rows are 100, silver + quarantine + duplicates are 99: 1 are missing");
  }

  @Test
  void rowsThatGoldHasNotMergedAreMissingThereAndInSessions() {
    assertThat(account(100, 100, 90, 6, 4, 85, 75, 7, 3).problems())
        .containsExactly(
            "silver's rows are 90, the rows that gold merged are 85: 5 are missing",
            "silver's rows are 90, events in sessions + bots + beyond lateness are 85: 5 are"
                + " missing");
  }

  @Test
  void anEventThatNoSessionHoldsIsMissing() {
    assertThat(account(100, 100, 90, 6, 4, 90, 79, 7, 3).problems())
        .containsExactly(
            "silver's rows are 90, events in sessions + bots + beyond lateness are 89: 1 are"
                + " missing");
  }

  @Test
  void sessionsThatAreNotAllKeptAreNotCounted() {
    assertThat(new Account(100, 0, 100, 90, 6, 4, 90, null, 7, 3, List.of()).problems()).isEmpty();
  }

  @Test
  void recordsBeyondBronzeAndATablesOwnContradictionAreTold() {
    Account account =
        new Account(100, 2, 100, 90, 6, 4, 90, 80L, 7, 3, List.of("the silver table lies"));
    assertThat(account.problems())
        .containsExactly(
            "the silver table lies", "Kafka holds 2 records that bronze has not taken");
  }

  private static Account account(
      long kafka,
      long bronze,
      long silver,
      long quarantined,
      long duplicates,
      long gold,
      long sessionEvents,
      long bots,
      long late) {
    return new Account(
        kafka,
        0,
        bronze,
        silver,
        quarantined,
        duplicates,
        gold,
        sessionEvents,
        bots,
        late,
        List.of());
  }
}
