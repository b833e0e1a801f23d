package io.medallion.gold.mart;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Sessions of visitor {@code v} the plain way: all events at once, sorted and cut at the gaps. */
final class SessionOracle {
  private static final Comparator<String> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  private static final Comparator<SilverEvent> IN_ORDER =
      Comparator.comparingLong(SilverEvent::time).thenComparing(SilverEvent::id, BY_BYTES);

  private SessionOracle() {}

  static List<SessionRow> sessions(List<SilverEvent> events, long gap) {
    List<List<SilverEvent>> sessions = new ArrayList<>();
    for (SilverEvent event : events.stream().sorted(IN_ORDER).toList()) {
      List<SilverEvent> last = sessions.isEmpty() ? null : sessions.get(sessions.size() - 1);
      if (last == null || event.time() - last.get(last.size() - 1).time() > gap) {
        sessions.add(new ArrayList<>(List.of(event)));
      } else {
        last.add(event);
      }
    }
    return sessions.stream().map(SessionOracle::session).toList();
  }

  /** One session of all the events, however far apart. */
  static SessionRow session(List<SilverEvent> events) {
    List<SilverEvent> sorted = events.stream().sorted(IN_ORDER).toList();
    SilverEvent first = sorted.get(0);
    List<SilverEvent> views = ofType(sorted, "page_view");
    List<SilverEvent> pages = views.stream().filter(event -> event.page() != null).toList();
    SilverEvent entry = pages.isEmpty() ? null : pages.get(0);
    SilverEvent exit = pages.isEmpty() ? null : pages.get(pages.size() - 1);
    List<SilverEvent> purchases = ofType(sorted, "purchase");
    List<Map.Entry<String, Long>> products = products(sorted);
    return new SessionRow(
        "v",
        first.time(),
        sorted.get(sorted.size() - 1).time(),
        first.localDay(),
        sorted.size(),
        views.size(),
        entry == null ? null : entry.page(),
        exit == null ? null : exit.page(),
        products.stream().map(Map.Entry::getKey).toList(),
        ofType(sorted, "add_to_cart").size(),
        purchases.size(),
        purchases.stream()
            .filter(event -> event.price() != null)
            .map(event -> event.price().multiply(BigDecimal.valueOf(event.quantity())))
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .setScale(6),
        currency(purchases),
        first.country(),
        first.city(),
        origin(first.origin()),
        sorted.stream().filter(event -> event.kafkaTime() > event.time() + 120_000_000).count(),
        first.id(),
        entry == null ? null : entry.time(),
        entry == null ? null : entry.id(),
        exit == null ? null : exit.time(),
        exit == null ? null : exit.id(),
        products.stream().map(Map.Entry::getValue).toList());
  }

  private static List<String> origin(Origin first) {
    return Arrays.asList(
        first.deviceClass(),
        first.referrerMedium(),
        first.referrerDomain(),
        first.utmSource(),
        first.utmMedium(),
        first.utmCampaign(),
        Objects.requireNonNullElse(first.channel(), "Direct"));
  }

  private static List<SilverEvent> ofType(List<SilverEvent> events, String type) {
    return events.stream().filter(event -> event.type().equals(type)).toList();
  }

  private static List<Map.Entry<String, Long>> products(List<SilverEvent> events) {
    Map<String, Long> seen = new HashMap<>();
    events.stream()
        .filter(event -> event.productId() != null)
        .forEach(event -> seen.merge(event.productId(), event.time(), Math::min));
    return seen.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(BY_BYTES)))
        .limit(10)
        .toList();
  }

  private static String currency(List<SilverEvent> purchases) {
    Set<String> currencies =
        purchases.stream()
            .map(event -> Objects.requireNonNullElse(event.currency(), "(none)"))
            .collect(Collectors.toSet());
    return switch (currencies.size()) {
      case 0 -> null;
      case 1 -> currencies.iterator().next();
      default -> "(mixed)";
    };
  }

  /** Events with different ids at few different times, so that ties are frequent. */
  static List<SilverEvent> random(Random random, int count, int times) {
    List<SilverEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String type = pick(random, "page_view", "purchase", "add_to_cart", "product_view");
      long time = random.nextInt(times);
      events.add(
          Events.event(
              pick(random, "", "e", "\uffee", "\ud83d\ude00") + i,
              time,
              type,
              random.nextInt(4) == 0 ? null : "/" + random.nextInt(9),
              random.nextInt(3) == 0 ? null : "p" + random.nextInt(25),
              random.nextInt(4) == 0 ? null : pick(random, "0.000001", "10", "99.99"),
              random.nextInt(5),
              pick(random, "EUR", "EUR", "EUR", "USD", null),
              pick(random, "DE", "FR", null),
              time + 119_999_999 + random.nextInt(3)));
    }
    return events;
  }

  private static String pick(Random random, String... texts) {
    return texts[random.nextInt(texts.length)];
  }
}
