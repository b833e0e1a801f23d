package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream that is no clicks: the sensors of docs/contract, from Kafka to two marts in Postgres,
 * doubled and in any order, next to what the test counts by itself.
 */
class SensorsIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int READINGS = 300;

  private record Reading(String id, long millis, String sensor, BigDecimal value, String unit) {
    String json() {
      return "{\"seq_id\":\"%s\",\"ts\":%d,\"kind\":\"reading\",\"device\":{\"name\":\"%s\"},\"value\":%s,\"unit\":\"%s\"}"
          .formatted(id, millis, sensor, value, unit);
    }

    boolean isPossible() {
      return !unit.equals("c") || value.compareTo(new BigDecimal("-273.15")) >= 0;
    }
  }

  @TempDir Path folder;

  @Test
  void readingsWithoutAVisitorBecomeTwoMartsInPostgres() throws Exception {
    Random random = new Random(SEED);
    long start = Instant.now().toEpochMilli() / 60_000 * 60_000 - 600_000;
    List<Reading> readings = new ArrayList<>();
    for (int n = 0; n < READINGS; n++) {
      readings.add(
          new Reading(
              "r" + n,
              start + random.nextInt(300_000),
              "s" + random.nextInt(3),
              BigDecimal.valueOf(random.nextInt(700_000) - 350_000, 3),
              List.of("c", "pa", "psi").get(random.nextInt(3))));
    }
    List<Reading> possible = readings.stream().filter(Reading::isPossible).toList();

    try (Pipeline pipeline =
        Pipeline.in(
            folder,
            Map.of(
                "silver.contract",
                "../docs/contract/sensors.yaml",
                "gold.marts",
                "../docs/contract/sensors"))) {
      List<Reading> sent = new ArrayList<>(readings);
      sent.addAll(readings.subList(0, READINGS / 5));
      Collections.shuffle(sent, random);
      for (List<Reading> half :
          List.of(sent.subList(0, sent.size() / 2), sent.subList(sent.size() / 2, sent.size()))) {
        pipeline.send(half.stream().map(Reading::json).toList());
        pipeline.drain();
      }

      assertThat(pipeline.state(TableDefinition.SILVER).rows())
          .as("seed " + SEED)
          .isEqualTo(possible.size());
      assertThat(
              pipeline.gold(
                  "select extract(epoch from minute)::bigint * 1000, sensor, unit, readings, average, least, greatest"
                      + " from gold.sensor_readings order by 1, 2, 3"))
          .as("seed " + SEED)
          .isEqualTo(byMinute(possible));
      assertThat(
              pipeline.gold(
                  "select sensor, (extract(epoch from read_at) * 1000)::bigint, reading, unit, of_unknown_units"
                      + " from gold.last_readings order by 1"))
          .as("seed " + SEED)
          .isEqualTo(last(possible));
      VerifyReport report =
          new LakeCheck(pipeline.lake(), pipeline.configuration()).prove(EventDays.ALL);
      assertThat(report.holds()).as("seed %d: %s", SEED, report).isTrue();
    }
  }

  private static List<List<String>> byMinute(List<Reading> readings) {
    Map<String, List<Reading>> groups =
        readings.stream()
            .collect(
                Collectors.groupingBy(
                    r ->
                        "%d|%s|%s"
                            .formatted(
                                r.millis() / 60_000 * 60_000,
                                r.sensor(),
                                r.unit().toUpperCase(Locale.ROOT)),
                    TreeMap::new,
                    Collectors.toList()));
    List<List<String>> rows = new ArrayList<>();
    groups.forEach(
        (key, group) -> {
          List<BigDecimal> values = group.stream().map(Reading::value).sorted().toList();
          BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
          List<String> row = new ArrayList<>(List.of(key.split("\\|")));
          row.add("" + values.size());
          row.add(
              sum.divide(BigDecimal.valueOf(values.size()), 7, RoundingMode.HALF_UP)
                  .toPlainString());
          row.add(values.get(0).toPlainString());
          row.add(values.get(values.size() - 1).toPlainString());
          rows.add(row);
        });
    return rows;
  }

  private static List<List<String>> last(List<Reading> readings) {
    Comparator<Reading> order = Comparator.comparing(Reading::millis).thenComparing(Reading::id);
    return readings.stream()
        .collect(Collectors.groupingBy(Reading::sensor, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(
            sensor -> {
              Reading last = sensor.getValue().stream().max(order).orElseThrow();
              long unknown = sensor.getValue().stream().filter(r -> r.unit().equals("psi")).count();
              return List.of(
                  sensor.getKey(),
                  "" + last.millis(),
                  last.value().toPlainString(),
                  last.unit().toUpperCase(Locale.ROOT),
                  "" + unknown);
            })
        .toList();
  }
}
