package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The alert rules, by Prometheus's own tool. */
class AlertRulesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "..", "deploy", "prometheus");

  @Test
  void eachAlertFiresWhereItShouldAndNotBefore() throws Exception {
    Path promtool = Program.find("promtool");

    assertThat(Program.run(FOLDER, promtool, "check", "rules", "alerts.yml")).contains("SUCCESS");
    assertThat(Program.run(FOLDER, promtool, "test", "rules", "alerts.test.yml"))
        .contains("SUCCESS");
  }
}
