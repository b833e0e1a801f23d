package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * {@code funnel(step, step, ...)}: how many of the steps were taken one after the other, each by a
 * later event than the one before; events of one time are in the order of their ids.
 *
 * <p>Its state is the events that may still matter: in order, those that take a step beyond those
 * reached before them. An event that is left out takes only steps that earlier events have reached,
 * and whatever comes later can only reach these earlier.
 *
 * @param steps how many there are, at least one
 */
public record Funnel(int steps) implements Measure {
  /** The most steps. */
  public static final int MOST = 20;

  private static final int PRUNED_FROM = 64;

  /** Before the steps of an event; less than any character of an id. */
  private static final char BEFORE_STEPS = '\u0001';

  @Override
  public ValueType type() {
    return new ValueType(ValueType.Kind.INTEGER, 0);
  }

  @Override
  public List<State> state() {
    return List.of(new State("steps", ValueType.TEXTS));
  }

  @Override
  public Partial partial() {
    return new Events(steps);
  }

  @Override
  public List<String> combined(List<String> state) {
    return List.of("gold.funnel_of(%s, %d)".formatted(state.get(0), steps));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of("gold.funnel_union(%s, %s, %d)".formatted(kept.get(0), added.get(0), steps));
  }

  @Override
  public Optional<String> result(List<String> state) {
    return Optional.of("gold.funnel_depth(%s, %d)".formatted(state.get(0), steps));
  }

  private static final class Events implements Partial {
    private final int steps;
    private final TreeSet<UTF8String> entries = new TreeSet<>();
    private int pruneAt = PRUNED_FROM;

    Events(int steps) {
      this.steps = steps;
    }

    /** The steps that the event takes, then its time and its id. */
    @Override
    public void add(InternalRow arguments, int from) {
      StringBuilder taken = new StringBuilder().append(BEFORE_STEPS);
      boolean any = false;
      for (int i = 0; i < steps; i++) {
        boolean takes = !arguments.isNullAt(from + i) && arguments.getBoolean(from + i);
        taken.append(takes ? '1' : '0');
        any |= takes;
      }
      if (any) {
        UTF8String event =
            UTF8String.concat(
                arguments.getUTF8String(from + steps + 1), UTF8String.fromString(taken.toString()));
        entries.add(Entries.of(arguments.getLong(from + steps), event));
        bound();
      }
    }

    @Override
    public void add(Partial other) {
      entries.addAll(((Events) other).entries);
      bound();
    }

    private void bound() {
      if (entries.size() >= pruneAt) {
        prune();
        pruneAt = Math.max(PRUNED_FROM, 2 * entries.size());
      }
    }

    private void prune() {
      int reached = 0;
      List<UTF8String> gone = new ArrayList<>();
      for (UTF8String entry : entries) {
        String text = entry.toString();
        String taken = text.substring(text.length() - steps);
        if (taken.indexOf('1', reached) < 0) {
          gone.add(entry);
        } else if (taken.charAt(reached) == '1') {
          reached++;
        }
      }
      gone.forEach(entries::remove);
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      prune();
      ValueType.TEXTS.write(buffer, List.copyOf(entries));
    }
  }
}
