package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each page was viewed in each minute. */
final class PageViews implements Mart {
  private record Cell(long window, String page) {}

  @Override
  public String name() {
    return "page_views";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of("window_start", "page", "views");
  }

  @Override
  public List<String> statements() {
    return List.of("merge");
  }

  @Override
  public List<String> tables() {
    return List.of("page_views");
  }

  @Override
  public Accumulator accumulator(GoldSettings settings) {
    return new Views();
  }

  private static final class Views implements Accumulator {
    private final Map<Cell, Long> views = new HashMap<>();

    @Override
    public void add(SilverEvent event) {
      if (event.isPageView()) {
        long window = Windows.start(event.time(), Windows.MINUTE);
        views.merge(new Cell(window, Key.of(event.page())), 1L, Long::sum);
      }
    }

    @Override
    public int size() {
      return views.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      views.forEach(
          (cell, count) -> buffer.row(3).time(cell.window()).text(cell.page()).bigint(count));
      views.clear();
    }
  }
}
