package io.medallion.demo.traffic;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the simulator acted out, counted in plain Java by the contract's definitions: crawlers
 * apart, each event once, whatever was sent again or came late. A device has at most one user,
 * whose all of its events are.
 *
 * <p>It keeps 8 bytes an event and some hundred for each visitor and for each minute of a page.
 */
public final class GroundTruth {
  private static final int TYPE_BITS = 3;
  private static final long MICROS_PER_MINUTE = 60_000_000L;

  /**
   * Events of a visitor at most a gap apart.
   *
   * @param site the shop that it is in; null if events do not say
   * @param visitor whose
   * @param start the first event
   * @param end the last event
   * @param events how many
   * @param pageViews of them
   * @param cartAdds of them
   * @param purchases of them
   */
  public record Session(
      String site,
      String visitor,
      Instant start,
      Instant end,
      long events,
      long pageViews,
      long cartAdds,
      long purchases) {}

  /**
   * A page in a minute.
   *
   * @param minute its beginning
   * @param site the shop; null if events do not say
   * @param page the path, or {@code product:<id>}
   */
  public record PageMinute(Instant minute, String site, String page) {}

  private record Visitor(String site, String name) {}

  /** Event times and types of one visitor, packed. */
  private static final class Diary {
    private long[] entries = new long[8];
    private int size;

    void add(long micros, EventType type) {
      if (size == entries.length) {
        entries = Arrays.copyOf(entries, size * 2);
      }
      entries[size++] = micros << TYPE_BITS | type.code();
    }
  }

  private final Map<Visitor, Diary> diaries = new HashMap<>();
  private final Map<Visitor, String> users = new HashMap<>();
  private final Map<PageMinute, Long> pageViews = new HashMap<>();
  private final Map<EventType, Long> byType = new EnumMap<>(EventType.class);
  private long events;
  private long crawlerEvents;

  GroundTruth() {}

  void observe(Emission emission) {
    if (emission.kind() != Emission.Kind.EVENT) {
      return;
    }
    if (emission.crawler()) {
      crawlerEvents++;
      return;
    }
    events++;
    byType.merge(emission.type(), 1L, Long::sum);
    diaries
        .computeIfAbsent(new Visitor(emission.site(), emission.visitor()), v -> new Diary())
        .add(emission.micros(), emission.type());
    if (emission.device() != null) {
      users.put(new Visitor(emission.site(), emission.device()), emission.visitor());
    }
    if (emission.page() != null) {
      long minute = Math.floorDiv(emission.micros(), MICROS_PER_MINUTE) * MICROS_PER_MINUTE;
      pageViews.merge(
          new PageMinute(instant(minute), emission.site(), emission.page()), 1L, Long::sum);
    }
  }

  /** Takes over another thread's; no visitor is in both. */
  void include(GroundTruth other) {
    diaries.putAll(other.diaries);
    users.putAll(other.users);
    other.pageViews.forEach((key, views) -> pageViews.merge(key, views, Long::sum));
    other.byType.forEach((type, count) -> byType.merge(type, count, Long::sum));
    events += other.events;
    crawlerEvents += other.crawlerEvents;
  }

  /** Valid unique events of people. */
  public long events() {
    return events;
  }

  /** Valid unique events of crawlers, which no other number here counts. */
  public long crawlerEvents() {
    return crawlerEvents;
  }

  /** Everybody who did something. */
  public Set<String> visitors() {
    return persons().keySet().stream().map(Visitor::name).collect(Collectors.toUnmodifiableSet());
  }

  private Map<Visitor, List<Diary>> persons() {
    Map<Visitor, List<Diary>> persons = new HashMap<>();
    diaries.forEach(
        (visitor, diary) -> {
          Visitor person = new Visitor(visitor.site(), users.getOrDefault(visitor, visitor.name()));
          persons.computeIfAbsent(person, p -> new ArrayList<>(1)).add(diary);
        });
    return persons;
  }

  /** Events by their type's name in the contract. */
  public Map<String, Long> eventsByType() {
    Map<String, Long> named = new HashMap<>();
    byType.forEach((type, count) -> named.put(type.text(), count));
    return named;
  }

  /** Page views by minute and page. */
  public Map<PageMinute, Long> pageViews() {
    return Map.copyOf(pageViews);
  }

  /** Sessions of everybody: events at most so far apart are one. */
  public List<Session> sessions(Duration gap) {
    List<Session> sessions = new ArrayList<>();
    persons().forEach((person, parts) -> addSessions(person, parts, gap, sessions));
    return sessions;
  }

  private static void addSessions(
      Visitor visitor, List<Diary> parts, Duration gap, List<Session> sessions) {
    long[] entries =
        parts.stream()
            .flatMapToLong(part -> Arrays.stream(part.entries, 0, part.size))
            .sorted()
            .toArray();
    long gapMicros = gap.toNanos() / 1_000;
    int first = 0;
    for (int i = 1; i <= entries.length; i++) {
      boolean ends = i == entries.length || micros(entries[i]) - micros(entries[i - 1]) > gapMicros;
      if (ends) {
        sessions.add(session(visitor, Arrays.copyOfRange(entries, first, i)));
        first = i;
      }
    }
  }

  private static Session session(Visitor visitor, long[] entries) {
    long[] counts = new long[EventType.values().length];
    for (long entry : entries) {
      counts[(int) (entry & ((1 << TYPE_BITS) - 1))]++;
    }
    return new Session(
        visitor.site(),
        visitor.name(),
        instant(micros(entries[0])),
        instant(micros(entries[entries.length - 1])),
        entries.length,
        counts[EventType.PAGE_VIEW.code()],
        counts[EventType.ADD_TO_CART.code()],
        counts[EventType.PURCHASE.code()]);
  }

  private static long micros(long entry) {
    return entry >> TYPE_BITS;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
