package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;

/** A row for every event, for those who want to look at single ones; off unless asked for. */
final class UserEvents extends EventMart {
  private final List<String> columns =
      List.of(
          "site", "event_id", "user_id", "event_type", "product_id", "price", "event_timestamp");

  UserEvents(String schema) {
    super(schema);
  }

  @Override
  public String name() {
    return "user_events";
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public List<SqlFile> statements() {
    return files("merge");
  }

  @Override
  Accumulator accumulator(GoldSettings settings) {
    return new Rows(columns.size());
  }

  private static final class Rows implements Accumulator {
    private final int columns;
    private final List<SilverEvent> events = new ArrayList<>();

    Rows(int columns) {
      this.columns = columns;
    }

    @Override
    public void add(SilverEvent event) {
      events.add(event);
    }

    @Override
    public int size() {
      return events.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      for (SilverEvent event : events) {
        buffer
            .row(columns)
            .text(event.site())
            .text(Key.of(event.id()))
            .text(event.userId())
            .text(event.type())
            .text(event.productId())
            .decimal(event.price())
            .time(event.time());
      }
      events.clear();
    }
  }
}
