package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From which countries each visitor came in each hour, and when first and last. */
final class VisitorCountries extends EventMart {
  private record Cell(SiteVisitor visitor, long hour, String country) {}

  private record Seen(long first, long last) {
    Seen and(Seen other) {
      return new Seen(Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  @Override
  public String name() {
    return "visitor_countries";
  }

  @Override
  public List<String> columns() {
    return List.of("site", "visitor", "hour", "country", "first_seen", "last_seen");
  }

  @Override
  public List<SqlFile> statements() {
    return files("touch", "store", "changes");
  }

  @Override
  public List<SqlFile> resolutions() {
    return resolutionsByVisitor();
  }

  @Override
  public List<SqlFile> moves() {
    return files("move");
  }

  @Override
  public List<String> tables() {
    return List.of("gold.visitor_countries", "gold.country_changes");
  }

  @Override
  public List<String> passages() {
    return List.of("touched_visitor_countries");
  }

  @Override
  Accumulator accumulator(GoldSettings settings) {
    return new Cells();
  }

  private static final class Cells implements Accumulator {
    private final Map<Cell, Seen> cells = new HashMap<>();

    @Override
    public void add(SilverEvent event) {
      if (event.country() != null) {
        long hour = Windows.start(event.time(), Windows.HOUR);
        Cell cell = new Cell(SiteVisitor.of(event), hour, event.country());
        cells.merge(cell, new Seen(event.time(), event.time()), Seen::and);
      }
    }

    @Override
    public int size() {
      return cells.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      cells.forEach(
          (cell, seen) ->
              buffer
                  .row(6)
                  .text(cell.visitor().site())
                  .text(Key.of(cell.visitor().visitor()))
                  .time(cell.hour())
                  .text(Key.of(cell.country()))
                  .time(seen.first())
                  .time(seen.last()));
      cells.clear();
    }
  }
}
