package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Visits: a visitor's events of which neighbours lie at most the gap apart. A late event may
 * extend, bridge or create one.
 */
final class Sessions extends EventMart {
  static final List<String> COLUMNS =
      List.of(
          "site",
          "visitor",
          "session_start",
          "session_end",
          "local_date",
          "events",
          "page_views",
          "entry_page",
          "exit_page",
          "products",
          "cart_adds",
          "purchases",
          "revenue",
          "currency",
          "country",
          "city",
          "device_class",
          "referrer_medium",
          "referrer_domain",
          "utm_source",
          "utm_medium",
          "utm_campaign",
          "channel",
          "late_events",
          "entry_event_id",
          "entry_page_time",
          "entry_page_event_id",
          "exit_page_time",
          "exit_page_event_id",
          "product_times");

  @Override
  public String name() {
    return "sessions";
  }

  @Override
  public List<String> columns() {
    return COLUMNS;
  }

  @Override
  public List<SqlFile> statements() {
    return files("lone", "touch", "merge", "absorb", "store");
  }

  @Override
  public List<SqlFile> resolutions() {
    return resolutionsByVisitor();
  }

  @Override
  public int siteKey() {
    return 0;
  }

  @Override
  public int visitorKey() {
    return 1;
  }

  /** Whole sessions are parts of what the other visitor's become. */
  @Override
  public List<SqlFile> moves() {
    String rest = String.join(", ", COLUMNS.subList(2, COLUMNS.size()));
    return List.of(
        new SqlFile(
            name() + ": move",
            """
            WITH taken AS (
              DELETE FROM gold.sessions AS kept
              USING moved_visitors AS moved
              WHERE kept.site = moved.site AND kept.visitor = from_visitor
              RETURNING kept.*, to_visitor
            )
            INSERT INTO staged_sessions (site, visitor, %1$s)
            SELECT site, to_visitor, %1$s
            FROM taken
            WHERE to_visitor IS NOT NULL"""
                .formatted(rest)));
  }

  @Override
  public List<String> tables() {
    return List.of("gold.sessions");
  }

  @Override
  public List<String> passages() {
    return List.of("appended_sessions", "joining_sessions", "touched_sessions", "merged_sessions");
  }

  @Override
  public String definition(GoldSettings settings) {
    return super.definition(settings) + " gap=" + settings.sessionGapMicros() + "us";
  }

  @Override
  boolean remakes(SilverEvent event, ReplacedRanges replaced) {
    return replaced.holds(event.time())
        || replaced.holdsFor(
            name(), () -> List.of(event.site(), Key.of(event.visitor())), event.time());
  }

  @Override
  boolean addsBeside(SilverEvent event, ReplacedRanges replaced) {
    return !remakes(event, replaced);
  }

  @Override
  Accumulator accumulator(GoldSettings settings) {
    return new Partials(settings.sessionGapMicros());
  }

  /** What an event says of its session. */
  private static final SessionParts.Kind<PartialSession, SilverEvent> OF_EVENTS =
      new SessionParts.Kind<>() {
        @Override
        public PartialSession of(long time, SilverEvent event) {
          return new PartialSession(event);
        }

        @Override
        public void add(PartialSession session, long time, SilverEvent event) {
          session.add(event);
        }

        @Override
        public void add(PartialSession session, PartialSession later) {
          session.add(later);
        }

        @Override
        public long end(PartialSession session) {
          return session.end();
        }
      };

  private static final class Partials implements Accumulator {
    private final long gap;
    private final Map<SiteVisitor, SessionParts<PartialSession, SilverEvent>> visitors =
        new HashMap<>();
    private int size;

    Partials(long gap) {
      this.gap = gap;
    }

    @Override
    public void add(SilverEvent event) {
      size +=
          visitors
              .computeIfAbsent(SiteVisitor.of(event), v -> new SessionParts<>(OF_EVENTS, gap))
              .add(event.time(), event);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      visitors.forEach(
          (visitor, sessions) -> {
            String key = Key.of(visitor.visitor());
            sessions.all().forEach(session -> session.writeTo(buffer, visitor.site(), key));
          });
      visitors.clear();
      size = 0;
    }
  }
}
