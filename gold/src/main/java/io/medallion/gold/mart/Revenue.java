package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Orders and what they brought in, in each minute and currency. */
final class Revenue implements Mart {
  private record Cell(long window, String currency) {}

  private record Sum(long orders, BigDecimal amount) {
    Sum plus(Sum other) {
      return new Sum(orders + other.orders, amount.add(other.amount));
    }
  }

  @Override
  public String name() {
    return "revenue";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of("window_start", "currency", "orders", "revenue");
  }

  @Override
  public List<String> statements() {
    return List.of("merge");
  }

  @Override
  public List<String> tables() {
    return List.of("revenue");
  }

  @Override
  public Accumulator accumulator(GoldSettings settings) {
    return new Sums();
  }

  private static final class Sums implements Accumulator {
    private final Map<Cell, Sum> sums = new HashMap<>();

    @Override
    public void add(SilverEvent event) {
      if (event.isPurchase()) {
        long window = Windows.start(event.time(), Windows.MINUTE);
        Cell cell = new Cell(window, Key.of(event.currency()));
        sums.merge(cell, new Sum(1, event.amount()), Sum::plus);
      }
    }

    @Override
    public int size() {
      return sums.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      sums.forEach(
          (cell, sum) ->
              buffer
                  .row(4)
                  .time(cell.window())
                  .text(cell.currency())
                  .bigint(sum.orders())
                  .decimal(sum.amount()));
      sums.clear();
    }
  }
}
