package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.medallion.common.contract.Presets;
import io.medallion.common.event.EventRules;
import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.IngestListener;
import io.medallion.demo.ingest.IngestSettings;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The sample of each preset through ingest and all layers; sessions, page views, orders and revenue
 * are those of a plain count of the file, which knows nothing of contracts.
 */
@Tag("full")
class PresetsIT {
  private static final Path SAMPLES = Path.of("../docs/contract/presets");
  private static final long GAP_MICROS = 30 * 60_000_000L;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final DateTimeFormatter BLANK_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSS]", Locale.ROOT);

  @TempDir Path folder;

  /** What happened, as far as it is counted. */
  private enum What {
    VIEW,
    ORDER,
    REFUND,
    OTHER
  }

  /**
   * An event of a file.
   *
   * @param amount of an order or refund; null if it has none
   */
  private record Said(String visitor, long micros, What what, BigDecimal amount, String currency) {
    BigDecimal revenue() {
      if (amount == null || (what != What.ORDER && what != What.REFUND)) {
        return BigDecimal.ZERO;
      }
      BigDecimal exact = amount.setScale(6, RoundingMode.HALF_UP);
      return what == What.REFUND ? exact.negate() : exact;
    }
  }

  static List<String> all() {
    return Presets.NAMES;
  }

  @ParameterizedTest
  @MethodSource("all")
  void goldIsAPlainCountOfTheSample(String preset) throws Exception {
    Path file = SAMPLES.resolve(preset + (preset.startsWith("re") ? ".csv" : ".jsonl"));
    List<Said> said = said(preset, Files.readAllLines(file, StandardCharsets.UTF_8));
    try (Pipeline pipeline =
        Pipeline.in(folder.resolve("data"), Map.of("silver.contract", "preset:" + preset))) {
      IngestSettings settings =
          new IngestSettings(
              pipeline.kafka(),
              "clickstream_events",
              Map.of(),
              EventRules.of(pipeline.configuration()),
              StandardCharsets.UTF_8);
      FileIngest.ingest(settings, List.of(file), new IngestListener() {});
      pipeline.drain();

      assertThat(pipeline.state(TableDefinition.SILVER).quarantined()).isZero();
      assertThat(
              pipeline.gold(
                  """
                  SELECT visitor, extract(epoch FROM session_start)::numeric(20, 6), events, page_views, purchases, revenue
                  FROM gold.sessions
                  """))
          .containsExactlyInAnyOrderElementsOf(sessions(said));
      assertThat(pipeline.gold("SELECT coalesce(sum(views), 0) FROM gold.page_views"))
          .containsExactly(
              List.of(String.valueOf(said.stream().filter(s -> s.what() == What.VIEW).count())));
      assertThat(
              pipeline.gold(
                  "SELECT currency, sum(orders), sum(revenue) FROM gold.revenue GROUP BY 1"))
          .containsExactlyInAnyOrderElementsOf(revenue(said));
      VerifyReport proof =
          new LakeCheck(pipeline.lake(), pipeline.configuration()).prove(EventDays.ALL);
      assertThat(proof.holds()).as("%s", proof).isTrue();
    }
  }

  private static List<List<String>> sessions(List<Said> said) {
    Map<String, List<Said>> byVisitor = said.stream().collect(Collectors.groupingBy(Said::visitor));
    List<List<String>> sessions = new ArrayList<>();
    byVisitor.forEach(
        (visitor, events) -> {
          events.sort(Comparator.comparingLong(Said::micros));
          int begin = 0;
          for (int i = 1; i <= events.size(); i++) {
            if (i == events.size()
                || events.get(i).micros() - events.get(i - 1).micros() > GAP_MICROS) {
              sessions.add(session(visitor, events.subList(begin, i)));
              begin = i;
            }
          }
        });
    return sessions;
  }

  private static List<String> session(String visitor, List<Said> events) {
    return List.of(
        visitor,
        BigDecimal.valueOf(events.get(0).micros(), 6).toPlainString(),
        String.valueOf(events.size()),
        String.valueOf(events.stream().filter(s -> s.what() == What.VIEW).count()),
        String.valueOf(events.stream().filter(s -> s.what() == What.ORDER).count()),
        sum(events).toPlainString());
  }

  private static BigDecimal sum(List<Said> events) {
    return events.stream().map(Said::revenue).reduce(BigDecimal.ZERO, BigDecimal::add).setScale(6);
  }

  private static List<List<String>> revenue(List<Said> said) {
    return said.stream()
        .filter(
            s -> s.what() == What.ORDER || (s.what() == What.REFUND && s.revenue().signum() != 0))
        .collect(Collectors.groupingBy(Said::currency, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(
            e ->
                List.of(
                    e.getKey(),
                    String.valueOf(
                        e.getValue().stream().filter(s -> s.what() == What.ORDER).count()),
                    sum(e.getValue()).toPlainString()))
        .toList();
  }

  private static List<Said> said(String preset, List<String> lines) throws IOException {
    List<Said> said = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    List<String> header = List.of(lines.get(0).split(","));
    for (String line : preset.startsWith("re") ? lines.subList(1, lines.size()) : lines) {
      switch (preset) {
        case "segment" -> {
          JsonNode event = JSON.readTree(line);
          if (ids.add(event.get("messageId").asText())) {
            said.add(segment(event));
          }
        }
        case "snowplow" -> said.add(snowplow(JSON.readTree(line)));
        case "ga4-export" -> said.add(ga4(JSON.readTree(line)));
        case "posthog" -> said.add(posthog(JSON.readTree(line)));
        case "rees46" -> said.add(rees46(cells(header, line)));
        default -> said.add(retailrocket(cells(header, line)));
      }
    }
    return said;
  }

  private static Map<String, String> cells(List<String> header, String line) {
    String[] cells = line.split(",", -1);
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < cells.length; i++) {
      row.put(header.get(i), cells[i]);
    }
    return row;
  }

  private static Said segment(JsonNode event) {
    String name = event.path("event").asText(event.get("type").asText());
    return new Said(
        event.path("userId").asText(event.get("anonymousId").asText()),
        micros(Instant.parse(event.get("timestamp").asText())),
        switch (name) {
          case "page" -> What.VIEW;
          case "Order Completed" -> What.ORDER;
          case "Order Refunded" -> What.REFUND;
          default -> What.OTHER;
        },
        number(event.at("/properties/revenue")),
        "USD");
  }

  private static Said snowplow(JsonNode event) {
    return new Said(
        event.get(event.get("user_id").isNull() ? "domain_userid" : "user_id").asText(),
        micros(
            LocalDateTime.parse(event.get("derived_tstamp").asText(), BLANK_TIME)
                .toInstant(ZoneOffset.UTC)),
        switch (event.get("event").asText()) {
          case "page_view" -> What.VIEW;
          case "transaction" -> What.ORDER;
          default -> What.OTHER;
        },
        number(event.path("tr_total")),
        "EUR");
  }

  private static Said ga4(JsonNode event) {
    BigDecimal value = null;
    for (JsonNode parameter : event.get("event_params")) {
      if (parameter.get("key").asText().equals("value")) {
        value = number(parameter.at("/value/double_value"));
      }
    }
    BigDecimal bought = number(event.at("/ecommerce/purchase_revenue"));
    BigDecimal refunded = number(event.at("/ecommerce/refund_value"));
    return new Said(
        event.get("user_pseudo_id").asText(),
        Long.parseLong(event.get("event_timestamp").asText()),
        switch (event.get("event_name").asText()) {
          case "page_view" -> What.VIEW;
          case "purchase" -> What.ORDER;
          case "refund" -> What.REFUND;
          default -> What.OTHER;
        },
        bought != null ? bought : refunded != null ? refunded : value,
        "USD");
  }

  private static Said posthog(JsonNode event) {
    return new Said(
        event.at("/properties/$user_id").asText(event.get("distinct_id").asText()),
        micros(Instant.parse(event.get("timestamp").asText())),
        switch (event.get("event").asText()) {
          case "$pageview" -> What.VIEW;
          case "Order Completed" -> What.ORDER;
          case "Order Refunded" -> What.REFUND;
          default -> What.OTHER;
        },
        number(event.at("/properties/total")),
        "EUR");
  }

  private static Said rees46(Map<String, String> row) {
    return new Said(
        row.get("user_id"),
        micros(
            LocalDateTime.parse(row.get("event_time").replace(" UTC", ""), BLANK_TIME)
                .toInstant(ZoneOffset.UTC)),
        switch (row.get("event_type")) {
          case "view" -> What.VIEW;
          case "purchase" -> What.ORDER;
          default -> What.OTHER;
        },
        new BigDecimal(row.get("price")),
        "(none)");
  }

  private static Said retailrocket(Map<String, String> row) {
    return new Said(
        row.get("visitorid"),
        Long.parseLong(row.get("timestamp")) * 1000,
        switch (row.get("event")) {
          case "view" -> What.VIEW;
          case "transaction" -> What.ORDER;
          default -> What.OTHER;
        },
        null,
        "(none)");
  }

  private static BigDecimal number(JsonNode value) {
    return value.isNumber() ? value.decimalValue() : null;
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
  }
}
