package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * {@code first_values(value, n)}: the values of the first events that have one, in the order of the
 * events; those of one time in the order of their ids.
 *
 * @param most how many
 */
public record FirstValues(int most) implements Measure {
  /** Between an event's id and the value; less than any other character of an id. */
  private static final UTF8String BEFORE_VALUE = UTF8String.fromString("\u0001");

  /** Digits of the value's length in characters, which ends an entry: an id may be any text. */
  private static final int LENGTH_DIGITS = 8;

  @Override
  public ValueType type() {
    return ValueType.TEXTS;
  }

  @Override
  public List<State> state() {
    return List.of(new State("first", ValueType.TEXTS));
  }

  @Override
  public Partial partial() {
    return new Values(most);
  }

  @Override
  public List<String> combined(List<String> state) {
    return List.of("gold.first_entries_of(%s, %d)".formatted(state.get(0), most));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of("gold.first_entries(%s, %s, %d)".formatted(kept.get(0), added.get(0), most));
  }

  @Override
  public Optional<String> result(List<String> state) {
    return Optional.of("gold.entry_values(%s, %d)".formatted(state.get(0), LENGTH_DIGITS));
  }

  private static final class Values implements Partial {
    private final int most;
    private final TreeSet<UTF8String> entries = new TreeSet<>();

    Values(int most) {
      this.most = most;
    }

    /** The value, then the event's time and its id. */
    @Override
    public void add(InternalRow arguments, int from) {
      if (!arguments.isNullAt(from)) {
        UTF8String value = arguments.getUTF8String(from);
        UTF8String length =
            UTF8String.fromString(
                String.format(Locale.ROOT, "%0" + LENGTH_DIGITS + "d", value.numChars()));
        UTF8String event =
            UTF8String.concat(arguments.getUTF8String(from + 2), BEFORE_VALUE, value, length);
        entries.add(Entries.of(arguments.getLong(from + 1), event));
        bound();
      }
    }

    @Override
    public void add(Partial other) {
      entries.addAll(((Values) other).entries);
      bound();
    }

    private void bound() {
      while (entries.size() > most) {
        entries.pollLast();
      }
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      ValueType.TEXTS.write(buffer, List.copyOf(entries));
    }
  }
}
