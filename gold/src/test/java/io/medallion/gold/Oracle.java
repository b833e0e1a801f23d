package io.medallion.gold;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Gold as one batch computation over all events, in the plainest way: sort, loop, count. Shares no
 * code with gold.
 */
final class Oracle {
  private static final Comparator<String> BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  private static final Comparator<SilverRow> IN_TIME =
      Comparator.comparingLong(SilverRow::time).thenComparing(SilverRow::id, BYTES);
  private static final long MINUTE = 60_000_000L;

  private final List<SilverRow> events;
  private final long gap;

  /** Takes only events that count. */
  Oracle(List<SilverRow> counted, long gap) {
    this.events = counted.stream().sorted(IN_TIME).toList();
    this.gap = gap;
  }

  /** Of all events but those of crawlers, with the usual gap. */
  static Oracle ofPeople(List<SilverRow> events) {
    return new Oracle(events.stream().filter(e -> !e.bot()).toList(), RandomEvents.GAP);
  }

  List<String> pageViews() {
    return counted(
        events.stream().filter(e -> e.type().equals("page_view")).toList(),
        e -> minute(e) + "|" + e.site() + "|" + key(e.page()));
  }

  List<String> activeUsers() {
    Map<String, Set<String>> windows = new TreeMap<>();
    for (SilverRow e : events) {
      for (int back = 0; back < 5; back++) {
        windows
            .computeIfAbsent((minute(e) - back * MINUTE) + "|" + e.site(), w -> new TreeSet<>())
            .add(e.visitor());
      }
    }
    return windows.entrySet().stream()
        .map(w -> w.getKey() + "|" + w.getValue().size())
        .sorted()
        .toList();
  }

  List<String> eventCounts() {
    return counted(
        events, e -> minute(e) + "|" + e.site() + "|" + key(e.type()) + "|" + key(e.country()));
  }

  List<String> revenueByMinute() {
    Map<String, List<SilverRow>> cells =
        events.stream()
            .filter(e -> e.type().equals("purchase"))
            .collect(
                Collectors.groupingBy(
                    e -> minute(e) + "|" + e.site() + "|" + day(e) + "|" + key(e.currency())));
    return cells.entrySet().stream()
        .map(
            c ->
                "%s|%d|%s"
                    .formatted(
                        c.getKey(),
                        c.getValue().size(),
                        revenue(c.getValue()).setScale(6).toPlainString()))
        .sorted()
        .toList();
  }

  List<String> dailyUsers() {
    return events.stream()
        .map(e -> day(e) + "|" + e.site() + "|" + key(e.visitor()))
        .distinct()
        .sorted()
        .toList();
  }

  List<String> visitorCountries() {
    Map<String, TreeSet<Long>> times = new HashMap<>();
    for (SilverRow e : events) {
      if (e.country() != null) {
        long hour = Math.floorDiv(e.time(), 60 * MINUTE) * 60 * MINUTE;
        times
            .computeIfAbsent(
                key(e.visitor()) + "|" + hour + "|" + e.site() + "|" + e.country(),
                cell -> new TreeSet<>())
            .add(e.time());
      }
    }
    return times.entrySet().stream()
        .map(cell -> cell.getKey() + "|" + cell.getValue().first() + "|" + cell.getValue().last())
        .sorted()
        .toList();
  }

  /** Of events from a time on. */
  List<String> travellers(long since) {
    Set<String> travellers = new TreeSet<>();
    List<SilverRow> late = events.stream().filter(e -> e.time() >= since).toList();
    for (SilverRow a : late) {
      for (SilverRow b : late) {
        boolean far =
            a.country() != null && b.country() != null && !a.country().equals(b.country());
        if (far
            && a.site().equals(b.site())
            && a.visitor().equals(b.visitor())
            && Math.abs(a.time() - b.time()) <= 60 * MINUTE) {
          travellers.add(a.site() + "|" + key(a.visitor()));
        }
      }
    }
    return List.copyOf(travellers);
  }

  /** Of all events, also those that do not count. */
  static List<String> lateness(List<SilverRow> silver) {
    Map<String, List<Long>> hours =
        silver.stream()
            .collect(
                Collectors.groupingBy(
                    e ->
                        (Math.floorDiv(e.time(), 60 * MINUTE) * 60 * MINUTE)
                            + "|"
                            + e.site()
                            + "|"
                            + day(e),
                    Collectors.mapping(e -> e.kafkaTime() - e.time(), Collectors.toList())));
    return hours.entrySet().stream()
        .map(
            hour ->
                "%s|%d|%d|%d"
                    .formatted(
                        hour.getKey(),
                        hour.getValue().size(),
                        hour.getValue().stream().filter(late -> late <= 2 * MINUTE).count(),
                        hour.getValue().stream().mapToLong(late -> late).max().orElseThrow()))
        .sorted()
        .toList();
  }

  List<String> userEvents() {
    return events.stream()
        .map(
            e ->
                "%s|%d|%s|%s|%s|%s|%s"
                    .formatted(
                        e.id(),
                        e.time(),
                        e.site(),
                        e.userId(),
                        e.type(),
                        e.productId(),
                        e.price() == null ? null : e.price().setScale(6).toPlainString()))
        .sorted()
        .toList();
  }

  List<String> sessions() {
    return sessionEvents().stream().map(Oracle::row).sorted().toList();
  }

  List<String> sessionHours() {
    Map<String, List<List<SilverRow>>> hours =
        sessionEvents().stream()
            .collect(
                Collectors.groupingBy(
                    s ->
                        (Math.floorDiv(s.get(0).time(), 60 * MINUTE) * 60 * MINUTE)
                            + "|"
                            + s.get(0).site()
                            + "|"
                            + day(s.get(0))));
    return hours.entrySet().stream()
        .map(
            hour -> {
              var viewed = having(hour.getValue(), "page_view");
              var carted = having(viewed, "add_to_cart");
              return "%s|%d|%d|%d|%d|%d|%d|%d"
                  .formatted(
                      hour.getKey(),
                      hour.getValue().size(),
                      having(hour.getValue(), "purchase").size(),
                      hour.getValue().stream().filter(s -> s.size() == 1).count(),
                      viewed.size(),
                      carted.size(),
                      having(carted, "purchase").size(),
                      hour.getValue().stream()
                          .mapToLong(s -> s.get(s.size() - 1).time() - s.get(0).time())
                          .sum());
            })
        .sorted()
        .toList();
  }

  private static List<List<SilverRow>> having(List<List<SilverRow>> sessions, String type) {
    return sessions.stream().filter(s -> s.stream().anyMatch(e -> e.type().equals(type))).toList();
  }

  List<String> periodUsers() {
    Map<String, Set<String>> periods = new HashMap<>();
    for (SilverRow e : events) {
      LocalDate day = day(e);
      LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      for (String period :
          List.of(
              "week|" + monday + "|" + e.site(),
              "month|" + day.withDayOfMonth(1) + "|" + e.site())) {
        periods.computeIfAbsent(period, p -> new TreeSet<>()).add(e.visitor());
      }
    }
    return periods.entrySet().stream()
        .map(p -> p.getKey() + "|" + p.getValue().size())
        .sorted()
        .toList();
  }

  /** The events of each session. */
  List<List<SilverRow>> sessionEvents() {
    return events.stream()
        .collect(Collectors.groupingBy(e -> List.of(e.site(), e.visitor())))
        .values()
        .stream()
        .flatMap(own -> split(own).stream())
        .toList();
  }

  private List<List<SilverRow>> split(List<SilverRow> own) {
    List<List<SilverRow>> sessions = new ArrayList<>();
    SilverRow last = null;
    for (SilverRow e : own) {
      if (last == null || e.time() - last.time() > gap) {
        sessions.add(new ArrayList<>());
      }
      sessions.get(sessions.size() - 1).add(e);
      last = e;
    }
    return sessions;
  }

  private static String row(List<SilverRow> session) {
    SilverRow first = session.get(0);
    long start = first.time();
    long end = session.get(session.size() - 1).time();
    List<SilverRow> views = session.stream().filter(e -> e.type().equals("page_view")).toList();
    List<String> pages = views.stream().map(SilverRow::page).filter(Objects::nonNull).toList();
    List<SilverRow> purchases = session.stream().filter(e -> e.type().equals("purchase")).toList();
    Set<String> currencies =
        purchases.stream()
            .map(e -> Objects.requireNonNullElse(e.currency(), "(none)"))
            .collect(Collectors.toSet());
    return String.join(
        "|",
        key(first.visitor()),
        "" + start,
        "" + end,
        "" + (end - start),
        "" + session.size(),
        "" + views.size(),
        pages.isEmpty() ? "null" : pages.get(0),
        pages.isEmpty() ? "null" : pages.get(pages.size() - 1),
        products(session),
        "" + session.stream().filter(e -> e.type().equals("add_to_cart")).count(),
        "" + purchases.size(),
        revenue(purchases).setScale(6).toPlainString(),
        currencies.isEmpty()
            ? "null"
            : currencies.size() > 1 ? "(mixed)" : currencies.iterator().next(),
        purchases.isEmpty() ? "f" : "t",
        String.valueOf(first.country()),
        String.valueOf(first.city()),
        origin(first.origin()),
        "" + session.stream().filter(e -> e.kafkaTime() - e.time() > 2 * MINUTE).count(),
        first.site(),
        "" + day(first));
  }

  private static String origin(Origin first) {
    return String.join(
        "|",
        String.valueOf(first.deviceClass()),
        String.valueOf(first.referrerMedium()),
        String.valueOf(first.referrerDomain()),
        String.valueOf(first.utmSource()),
        String.valueOf(first.utmMedium()),
        String.valueOf(first.utmCampaign()),
        Objects.requireNonNullElse(first.channel(), "Direct"));
  }

  private static String products(List<SilverRow> session) {
    Set<String> products = new LinkedHashSet<>();
    session.stream()
        .filter(e -> e.productId() != null)
        .sorted(
            Comparator.comparingLong(SilverRow::time).thenComparing(SilverRow::productId, BYTES))
        .forEach(e -> products.add(e.productId()));
    return products.stream().limit(10).collect(Collectors.joining(","));
  }

  static BigDecimal revenue(List<SilverRow> purchases) {
    BigDecimal sum = BigDecimal.ZERO;
    for (SilverRow e : purchases) {
      if (e.price() != null) {
        int quantity = e.quantity() == null ? 1 : e.quantity();
        sum = sum.add(e.price().multiply(new BigDecimal(quantity)));
      }
    }
    return sum;
  }

  private static List<String> counted(List<SilverRow> events, Function<SilverRow, String> cell) {
    Map<String, Integer> counts = new HashMap<>();
    events.forEach(e -> counts.merge(cell.apply(e), 1, Integer::sum));
    return counts.entrySet().stream().map(c -> c.getKey() + "|" + c.getValue()).sorted().toList();
  }

  private static LocalDate day(SilverRow e) {
    return LocalDate.ofEpochDay(e.localDay());
  }

  private static long minute(SilverRow e) {
    return Math.floorDiv(e.time(), MINUTE) * MINUTE;
  }

  /** Over 1,024 bytes: the first 200 characters (whole ones), # and the SHA-256. */
  static String key(String text) {
    if (text == null) {
      return "(none)";
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= 1_024) {
      return text;
    }
    int cut = Character.isHighSurrogate(text.charAt(199)) ? 199 : 200;
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return text.substring(0, cut) + "#" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
