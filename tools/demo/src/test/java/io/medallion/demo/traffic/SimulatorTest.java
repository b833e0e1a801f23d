package io.medallion.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.demo.traffic.TrafficSettings.Shares;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimulatorTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration GAP = Duration.ofMinutes(30);
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final List<RecordingSink> sinks = new ArrayList<>();

  @Test
  void theSameSeedActsOutTheSameEvents() {
    TrafficReport first = run(settings());
    List<List<String>> firstEvents = texts();
    sinks.clear();
    TrafficReport second = run(settings());
    assertThat(texts()).isEqualTo(firstEvents);
    assertThat(second.validUnique()).isEqualTo(first.validUnique());
    sinks.clear();
    run(settings().withSeed(43));
    assertThat(texts()).isNotEqualTo(firstEvents);
  }

  @Test
  void theReportAddsUpAndTheSharesAreWhatWasAskedFor() {
    TrafficReport report = run(settings());
    assertThat(report.sent()).isEqualTo(60_000).isEqualTo(report.acknowledged());
    assertThat(report.validUnique() + report.duplicates() + report.conflicts() + report.broken())
        .isEqualTo(report.sent());
    assertThat(report.broken()).isBetween(450L, 750L);
    assertThat(report.duplicates()).isBetween(700L, 1_400L);
    assertThat(report.conflicts()).isBetween(25L, 110L);
    assertThat(report.late()).isBetween(1_500L, 5_000L);
    assertThat(report.outOfOrder()).isBetween(2_000L, 3_700L);
    assertThat(report.bots()).isPositive();
  }

  @Test
  void theGroundTruthIsWhatReadingTheRecordsGives() throws IOException {
    theGroundTruthIsWhatReadingTheRecordsGives(settings());
  }

  @Test
  void ofTwoShopsTooWhereWhoeverVisitsBothIsTwoVisitors() throws IOException {
    theGroundTruthIsWhatReadingTheRecordsGives(settings().withSites(List.of("shop-de", "shop-us")));
    Map<String, Set<String>> sites = new HashMap<>();
    uniqueEvents()
        .values()
        .forEach(
            event ->
                sites
                    .computeIfAbsent(visitor(event), v -> new HashSet<>())
                    .add(event.get("site").asText()));
    assertThat(sites.values()).anyMatch(of -> of.size() == 2).anyMatch(of -> of.size() == 1);
  }

  private void theGroundTruthIsWhatReadingTheRecordsGives(TrafficSettings settings)
      throws IOException {
    TrafficReport report = run(settings.withGroundTruth(true));
    GroundTruth truth = report.truth().orElseThrow();
    Map<String, JsonNode> unique = uniqueEvents();
    assertThat(unique).hasSize((int) report.validUnique());
    List<JsonNode> people =
        unique.values().stream()
            .filter(event -> !event.path("user_agent").asText().matches(".*([Bb]ot)[/;].*"))
            .toList();
    assertThat(truth.events()).isEqualTo(people.size());
    assertThat(truth.crawlerEvents()).isEqualTo(report.bots());
    assertThat(truth.events() + truth.crawlerEvents()).isEqualTo(report.validUnique());
    assertThat(truth.pageViews()).isEqualTo(pageViews(people));
    assertThat(
            truth.sessions(GAP).stream()
                .map(
                    s ->
                        s.site()
                            + " "
                            + s.visitor()
                            + " "
                            + s.start()
                            + " "
                            + s.end()
                            + " "
                            + s.events()))
        .containsExactlyInAnyOrderElementsOf(sessions(people));
    assertThat(truth.eventsByType())
        .isEqualTo(
            people.stream()
                .collect(
                    Collectors.groupingBy(
                        e -> e.get("event_type").asText(), Collectors.counting())));
  }

  @Test
  void someUsersLogInHalfWay() throws IOException {
    run(settings());
    Map<String, Set<Boolean>> visits = new HashMap<>();
    Set<String> devicesOfUsers = new HashSet<>();
    for (JsonNode event : uniqueEvents().values()) {
      visits
          .computeIfAbsent(event.path("session_id").asText(), s -> new HashSet<>())
          .add(event.has("user_id"));
      if (event.has("user_id")) {
        devicesOfUsers.add(event.path("anonymous_id").asText());
      }
    }
    long both = visits.values().stream().filter(kinds -> kinds.size() == 2).count();
    long withUser = visits.values().stream().filter(kinds -> kinds.contains(true)).count();
    assertThat((double) both / withUser).isBetween(0.05, 0.25);
    assertThat(devicesOfUsers).doesNotContain("");
  }

  @Test
  void twoMinutesShowCartsPurchasesAndClosedSessions() {
    TrafficReport report =
        run(settings().withUsers(10_000).withCount(120_000).withGroundTruth(true));
    GroundTruth truth = report.truth().orElseThrow();
    assertThat(truth.eventsByType().keySet())
        .contains("page_view", "click", "add_to_cart", "remove_from_cart", "purchase");
    assertThat(truth.eventsByType().get("purchase")).isGreaterThan(500);
    List<GroundTruth.Session> sessions = truth.sessions(GAP);
    assertThat(sessions)
        .anyMatch(s -> s.purchases() > 0 && s.pageViews() > 3)
        .anyMatch(s -> s.end().isBefore(NOW.minus(GAP)) && s.events() > 3);
  }

  @Test
  void withoutFaultsEveryRecordIsAValidEventInOrder() throws IOException {
    TrafficReport report = run(settings().withShares(Shares.NONE).withThreads(1));
    assertThat(report.validUnique()).isEqualTo(report.sent());
    assertThat(report.late() + report.outOfOrder() + report.bots()).isZero();
    Instant previous = Instant.EPOCH;
    for (RecordingSink.Sent sent : sinks.get(0).sent) {
      Instant time = Instant.parse(JSON.readTree(sent.value()).get("timestamp").asText());
      assertThat(time.truncatedTo(ChronoUnit.MILLIS))
          .isAfterOrEqualTo(previous.truncatedTo(ChronoUnit.MILLIS));
      previous = time;
    }
  }

  @Test
  void detailsAreMoreOfTheSameEvents() throws IOException {
    run(settings());
    Map<String, JsonNode> plain = uniqueEvents();
    sinks.clear();
    run(settings().withDetails(true));
    Map<String, JsonNode> detailed = uniqueEvents();
    assertThat(detailed.keySet()).containsExactlyElementsOf(plain.keySet());
    assertThat(detailed.values())
        .allSatisfy(
            event -> {
              JsonNode said = event.get("properties");
              assertThat(said.at("/screen/width").isInt()).isTrue();
              assertThat(said.at("/perf/load").isInt()).isTrue();
              assertThat(said.get("experiments").isArray()).isTrue();
              assertThat(Instant.parse(said.get("sent_at").asText())).isAfter(time(event));
            });
  }

  @Test
  void onePersonAloneGoesOnForEver() {
    TrafficReport report = run(settings().withUsers(1).withThreads(4).withCount(5_000));
    assertThat(report.sent()).isEqualTo(5_000);
  }

  private static TrafficSettings settings() {
    return TrafficSettings.of(Map.of())
        .withUsers(2_000)
        .withRate(0)
        .withCount(60_000)
        .withStart(NOW.minusSeconds(120));
  }

  private TrafficReport run(TrafficSettings settings) {
    Simulator simulator =
        new Simulator(
            settings,
            () -> {
              RecordingSink sink = new RecordingSink();
              sinks.add(sink);
              return sink;
            },
            Clock.fixed(NOW, ZoneOffset.UTC));
    return simulator.run(() -> false, progress -> {});
  }

  private List<List<String>> texts() {
    return sinks.stream()
        .map(sink -> sink.sent.stream().map(RecordingSink.Sent::text).toList())
        .toList();
  }

  /** The first of each id, of those that the contract counts; written again on purpose. */
  private Map<String, JsonNode> uniqueEvents() {
    Map<String, JsonNode> unique = new LinkedHashMap<>();
    Set<String> ids = new HashSet<>();
    sinks.stream()
        .flatMap(sink -> sink.sent.stream())
        .flatMap(sent -> valid(sent.value()))
        .forEach(
            event -> {
              String id = event.get("event_id").asText();
              unique.putIfAbsent(id + event.get("timestamp").asText(), event);
              ids.add(id);
            });
    assertThat(unique).hasSameSizeAs(ids);
    return unique;
  }

  private static Stream<JsonNode> valid(byte[] value) {
    if (value == null) {
      return Stream.empty();
    }
    try {
      JsonNode event = JSON.readTree(value);
      boolean counts =
          event != null
              && event.isObject()
              && !Instant.parse(event.path("timestamp").asText("")).isAfter(NOW)
              && !visitor(event).isEmpty()
              && event.path("quantity").asInt(0) >= 0
              && !event.path("referrer").isArray();
      return counts ? Stream.of(event) : Stream.empty();
    } catch (IOException | java.time.format.DateTimeParseException e) {
      return Stream.empty();
    }
  }

  private static String visitor(JsonNode event) {
    return Stream.of("user_id", "anonymous_id", "session_id")
        .map(name -> event.path(name).asText())
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Null if the event does not say. */
  private static String text(JsonNode event, String name) {
    return event.path(name).asText(null);
  }

  private static Map<GroundTruth.PageMinute, Long> pageViews(List<JsonNode> events) {
    Map<GroundTruth.PageMinute, Long> views = new HashMap<>();
    for (JsonNode event : events) {
      if (event.get("event_type").asText().equals("page_view")) {
        String page =
            event.has("page")
                ? URI.create(event.get("page").asText()).getPath()
                : "product:" + event.get("product_id").asText();
        Instant minute = time(event).truncatedTo(ChronoUnit.MINUTES);
        views.merge(new GroundTruth.PageMinute(minute, text(event, "site"), page), 1L, Long::sum);
      }
    }
    return views;
  }

  private static List<String> sessions(List<JsonNode> events) {
    Map<String, String> users = new HashMap<>();
    events.stream()
        .filter(e -> e.has("user_id"))
        .forEach(
            e ->
                users.put(
                    text(e, "site") + " " + e.path("anonymous_id").asText(),
                    text(e, "site") + " " + visitor(e)));
    Map<String, List<Instant>> times = new TreeMap<>();
    for (JsonNode event : events) {
      String known = text(event, "site") + " " + visitor(event);
      String person = users.getOrDefault(known, known);
      times.computeIfAbsent(person, v -> new ArrayList<>()).add(time(event));
    }
    List<String> sessions = new ArrayList<>();
    times.forEach(
        (visitor, unsorted) -> {
          List<Instant> sorted = unsorted.stream().sorted().toList();
          Instant start = sorted.get(0);
          Instant end = start;
          int count = 0;
          for (Instant time : sorted) {
            if (Duration.between(end, time).compareTo(GAP) > 0) {
              sessions.add(visitor + " " + start + " " + end + " " + count);
              start = time;
              count = 0;
            }
            end = time;
            count++;
          }
          sessions.add(visitor + " " + start + " " + end + " " + count);
        });
    return sessions;
  }

  private static Instant time(JsonNode event) {
    return Instant.parse(event.get("timestamp").asText());
  }
}
