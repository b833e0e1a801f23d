package io.medallion.cli.demo;

import io.medallion.demo.traffic.TrafficReport;
import io.medallion.operations.Reconciliation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The account of a demo's run: what the simulator did, next to what the layers made of all that
 * there is.
 *
 * @param traffic what the simulator did in this run
 * @param recordsBefore records that Kafka held when the run began
 * @param reconciliation of everything since the data folder was made
 * @param truthSessions how many sessions the simulator acted out, if it kept that
 * @param goldSessions how many sessions gold has
 */
record DemoReconciliation(
    TrafficReport traffic,
    long recordsBefore,
    Reconciliation reconciliation,
    OptionalLong truthSessions,
    long goldSessions) {

  /** Records that came during this run. */
  long arrived() {
    return reconciliation.kafkaRecords() - recordsBefore;
  }

  /** Records of this run that were not the simulator's, such as an ingest in another terminal. */
  long fromOthers() {
    return Math.max(0, arrived() - traffic.acknowledged() - traffic.failed());
  }

  /** What does not add up, in sentences; empty if everything does. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (traffic.failed() > 0) {
      problems.add(
          "the simulator could not deliver %,d of its records".formatted(traffic.failed()));
    }
    if (arrived() < traffic.acknowledged()) {
      problems.add(
          "Kafka acknowledged %,d records in this run and holds %,d of them: %,d are missing"
              .formatted(traffic.acknowledged(), arrived(), traffic.acknowledged() - arrived()));
    }
    problems.addAll(reconciliation.problems());
    if (knowsTheTruth()) {
      compare(problems, "events", traffic.validUnique(), reconciliation.silverRows());
      compare(problems, "duplicates", traffic.duplicates(), reconciliation.duplicates());
      compare(
          problems,
          "broken and conflicting records",
          traffic.broken() + traffic.conflicts(),
          reconciliation.quarantined());
      compare(problems, "crawlers' events", traffic.bots(), reconciliation.bots());
      truthSessions.ifPresent(truth -> compare(problems, "sessions", truth, goldSessions));
    }
    return problems;
  }

  /** Whether all there is came from this run's simulator, so that its own counts must be found. */
  boolean knowsTheTruth() {
    return recordsBefore == 0 && traffic.failed() == 0 && arrived() == traffic.acknowledged();
  }

  private static void compare(List<String> problems, String what, long truth, long found) {
    if (truth != found) {
      problems.add("the simulator acted out %,d %s, found are %,d".formatted(truth, what, found));
    }
  }
}
