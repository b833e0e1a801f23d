package io.medallion.gold.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.TestPostgres;
import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.postgres.Postgres;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is about now is raised and ends, each told once. */
class CurrentAlertsIT {
  private Postgres postgres;

  @BeforeEach
  void start() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
  }

  @AfterEach
  void stop() {
    TestPostgres.drop(postgres);
  }

  private CurrentAlerts of(String yaml) throws AlertRefused {
    return new CurrentAlerts(
        postgres,
        List.of(AlertReader.read("now", "now.alert.yaml", yaml)),
        new AlertLog(Set.of(Target.STDOUT)));
  }

  private List<String> told() {
    return TestPostgres.rows(
        postgres,
        "SELECT number, body::jsonb ->> 'state', body::jsonb #>> '{values,quarantined}'"
            + " FROM gold.alert_messages");
  }

  private void newest(String ago) {
    TestPostgres.execute(
        postgres,
        "INSERT INTO gold.ledger (silver_table, silver_version, silver_rows, bots, late_dropped,"
            + " newest_kafka, merged_at) VALUES ('t', 1, 0, 0, 0, now() - interval '%1$s', now())"
                .formatted(ago)
            + " ON CONFLICT (singleton) DO UPDATE SET newest_kafka = excluded.newest_kafka");
  }

  @Test
  void goldThatFallsBehindIsToldAndThatItHasCaughtUp() throws Exception {
    try (CurrentAlerts alerts = of("freshness: {behind: 5m}")) {
      alerts.judge();
      newest("4 minutes 50 seconds");
      alerts.judge();
      assertThat(told()).isEmpty();
      newest("5 minutes 1 second");
      alerts.judge();
      alerts.judge();
      assertThat(told()).containsExactly("1|raised|null");
    }
    try (CurrentAlerts next = of("freshness: {behind: 5m}")) {
      next.judge();
      newest("1 second");
      next.judge();
      next.judge();
      newest("6 minutes");
      next.judge();
      assertThat(told()).containsExactly("1|raised|null", "2|ended|null", "3|raised|null");
    }
    assertThat(TestPostgres.rows(postgres, "SELECT DISTINCT id FROM gold.alert_messages"))
        .hasSize(3);
  }

  private void observed(int minutesAgo, long read, long quarantined, long known) {
    TestPostgres.execute(
        postgres,
        "INSERT INTO gold.observed_layer_status (layer, rows_read, rows_written, duplicates,"
            + " quarantined, reasons, observed_at) VALUES ('silver', %d, 0, 0, %d, '{\"known\": %d}', now() - interval '%d minutes')"
                .formatted(read, quarantined, known, minutesAgo)
            + " ON CONFLICT (layer) DO UPDATE SET rows_read = excluded.rows_read,"
            + " quarantined = excluded.quarantined, reasons = excluded.reasons,"
            + " observed_at = excluded.observed_at");
  }

  @Test
  void theShareOfQuarantineIsThatOfTheLastTime() throws Exception {
    try (CurrentAlerts alerts =
        of("quarantine: {reason: known, share: 0.1, within: 10m, least: 100}")) {
      observed(60, 10_000, 9_000, 9_000);
      alerts.judge();
      observed(49, 10_500, 9_100, 9_050);
      alerts.judge();
      assertThat(told()).as("exactly a tenth is no more than that").isEmpty();
      observed(38, 11_000, 9_200, 9_101);
      alerts.judge();
      assertThat(told()).containsExactly("1|raised|51");
      observed(27, 11_050, 9_220, 9_120);
      alerts.judge();
      assertThat(told())
          .as("of fewer than a hundred nothing is said")
          .containsExactly("1|raised|51", "2|ended|19");
    }
  }
}
