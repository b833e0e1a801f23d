package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Which ids silver has seen together on which day, and the marked ids of what is staged. Links
 * between ids follow from it, and are kept with it.
 *
 * <p>Its rows merge as those of every mart do: a first event is the least, half hours are a union.
 * A pair of an anonymous id and a user has the half hours of the user's events there. A session id
 * beside a better one has none: it counts for nothing until an event has nothing else.
 *
 * @param schema where its tables are
 */
public record Identities(String schema) implements Mart {
  /** The name of its definition. */
  public static final String NAME = "identities";

  private static final long HALF_HOUR = 30 * Windows.MINUTE;
  private static final String NOTHING = "";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> columns() {
    return List.of(
        "site",
        "kind",
        "id",
        "tag",
        "tag_hash",
        "seen_with_kind",
        "seen_with",
        "day",
        "half_hours",
        "event_time",
        "event_id");
  }

  /** What it learns is merged before all other marts are. */
  @Override
  public List<SqlFile> statements() {
    return List.of();
  }

  /** The ids of these days are to be judged again. */
  @Override
  public List<SqlFile> removals() {
    return List.of(
        new SqlFile(
            NAME + ": remove",
            """
            WITH removed AS (
              DELETE FROM %1$s.identity_days AS kept
              USING remade
              WHERE kept.day >= (remade.since AT TIME ZONE 'UTC')::date
                AND kept.day < (remade.until AT TIME ZONE 'UTC')::date
              RETURNING kept.site, kept.kind, kept.id, kept.seen_with_kind
            )
            INSERT INTO judged_again (site, kind, id)
            SELECT DISTINCT site, kind, id
            FROM removed
            JOIN %1$s.identities USING (site, id, kind)
            ON CONFLICT DO NOTHING"""
                .formatted(schema)));
  }

  @Override
  public List<SqlFile> prunings() {
    return List.of();
  }

  @Override
  public List<String> tables() {
    return List.of(schema + ".identities", schema + ".identity_days");
  }

  /** It sees what those see that tell visitors apart. */
  @Override
  public boolean isByVisitor() {
    return true;
  }

  @Override
  public Aggregation aggregation(List<String> columns, GoldSettings settings) {
    return (filter, compiled) -> new Rows(settings.stitching(), filter);
  }

  /** All of silver's rows say who is who, those of crawlers and late ones too. */
  @Override
  public String definition(GoldSettings settings) {
    return "version=2 %s%s".formatted(settings.everything(), settings.stitching().definition());
  }

  private record Id(String site, Stitching.Kind kind, String id) {}

  /** An id, what it was seen with, and the start of the day; with nothing where it was the best. */
  private record Seen(Id id, Id with, long day) {
    long dayNumber() {
      return Math.floorDiv(day, Windows.DAY);
    }
  }

  private static final class Evidence {
    private long halfHours;
    private long time;
    private String event;

    void add(long halfHour, long at, String id) {
      halfHours |= halfHour;
      if (event == null || at < time || (at == time && Key.compare(id, event) < 0)) {
        time = at;
        event = id;
      }
    }
  }

  private static final class Rows implements RowAccumulator {
    private final Stitching stitching;
    private final EventFilter filter;
    private final Map<Seen, Evidence> seen = new HashMap<>();
    private final Map<SiteVisitor, Id> marked = new HashMap<>();

    Rows(Stitching stitching, EventFilter filter) {
      this.stitching = stitching;
      this.filter = filter;
    }

    @Override
    public void add(InternalRow row, SilverEvent event, boolean counted) {
      String user = stitching.id(event.userId());
      String anonymous = stitching.id(event.anonymousId());
      String session = stitching.id(event.sessionId());
      String site = event.site();
      Id best =
          user != null
              ? new Id(site, Stitching.Kind.USER, user)
              : anonymous != null
                  ? new Id(site, Stitching.Kind.ANONYMOUS, anonymous)
                  : session != null ? new Id(site, Stitching.Kind.SESSION, session) : null;
      if (best == null) {
        return;
      }
      if (Stitching.isMarked(event.visitor()) && !(filter instanceof EventFilter.Learning)) {
        marked.putIfAbsent(SiteVisitor.of(event), best);
      }
      if (!filter.learns(event.time())) {
        return;
      }
      if (anonymous != null && user != null) {
        see(new Id(site, Stitching.Kind.ANONYMOUS, anonymous), best, event);
      } else {
        see(best, null, event);
      }
      if (session != null && best.kind() != Stitching.Kind.SESSION) {
        see(new Id(site, Stitching.Kind.SESSION, session), best, event);
      }
    }

    private void see(Id id, Id with, SilverEvent event) {
      long day = Windows.start(event.time(), Windows.DAY);
      seen.computeIfAbsent(new Seen(id, with, day), key -> new Evidence())
          .add(1L << ((event.time() - day) / HALF_HOUR), event.time(), Key.of(event.id()));
    }

    @Override
    public int size() {
      return seen.size() + marked.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      seen.forEach(
          (key, evidence) -> {
            begin(buffer, key.id()).nothing().nothing();
            if (key.with() == null) {
              buffer.text(NOTHING).text(NOTHING).day(key.dayNumber()).bigint(evidence.halfHours);
              buffer.nothing().nothing();
              return;
            }
            buffer.text(key.with().kind().text()).text(key.with().id()).day(key.dayNumber());
            if (key.id().kind() == Stitching.Kind.SESSION) {
              buffer.nothing();
            } else {
              buffer.bigint(evidence.halfHours);
            }
            buffer.time(evidence.time).text(evidence.event);
          });
      marked.forEach(
          (visitor, id) -> {
            String tag = Key.of(visitor.visitor());
            UUID hash = Key.hash(visitor.visitor());
            begin(buffer, id).text(tag).uuid(hash);
            buffer.nothing().nothing().nothing().nothing().nothing().nothing();
          });
      seen.clear();
      marked.clear();
    }

    private static CopyBuffer begin(CopyBuffer buffer, Id id) {
      return buffer.row(11).text(id.site()).text(id.kind().text()).text(id.id());
    }
  }
}
