package io.medallion.lakehouse.parquet;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where the times of a file's rows lie: up to 64 spans, of whole milliseconds, with no row between
 * them. A file of a second's events with some late ones among them reaches back for days, and yet
 * holds next to nothing of these days.
 */
public final class TimeSpans {
  /** What a file's entry in the log bears: some 300 characters. */
  static final int MOST = 64;

  /** Times closer than this, in milliseconds, are one span. */
  private static final long JOINED = 1_000;

  private static final int MICROS = 1_000;
  private static final int RADIX = 36;

  private final long[] starts;
  private final long[] ends;

  /** Takes over arrays: microseconds, both ends included, in ascending order. */
  private TimeSpans(long[] starts, long[] ends) {
    this.starts = starts;
    this.ends = ends;
  }

  /** How many there are. */
  public int size() {
    return starts.length;
  }

  /**
   * Whether one of some times lies in a span, or near it.
   *
   * @param times microseconds in ascending order
   * @param reach how far from a span is near, microseconds
   */
  public boolean holdAny(long[] times, long reach) {
    int time = 0;
    int span = 0;
    while (span < starts.length && time < times.length) {
      if (ends[span] + reach < times[time]) {
        span++;
      } else if (times[time] < starts[span] - reach) {
        time = firstFrom(times, time + 1, starts[span] - reach);
      } else {
        return true;
      }
    }
    return false;
  }

  /**
   * The place of the first of some times that is not before another.
   *
   * @param times in ascending order
   * @param from the place to search from
   * @return their number if there is none
   */
  public static int firstFrom(long[] times, int from, long time) {
    int low = from;
    int high = times.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** As a text: of each span its distance from the end of the one before and its length. */
  String encode() {
    StringBuilder text = new StringBuilder();
    long behind = 0;
    for (int i = 0; i < starts.length; i++) {
      long start = Math.floorDiv(starts[i], MICROS);
      long end = Math.floorDiv(ends[i], MICROS);
      text.append(i > 0 ? "," : "").append(Long.toString(start - behind, RADIX));
      if (end > start) {
        text.append('+').append(Long.toString(end - start, RADIX));
      }
      behind = end;
    }
    return text.toString();
  }

  /** Reads such a text; empty if it is none. */
  public static Optional<TimeSpans> parse(String text) {
    String[] spans = text.split(",", -1);
    long[] starts = new long[spans.length];
    long[] ends = new long[spans.length];
    long behind = 0;
    try {
      for (int i = 0; i < spans.length; i++) {
        int plus = spans[i].indexOf('+');
        String distance = plus < 0 ? spans[i] : spans[i].substring(0, plus);
        long start = Math.addExact(behind, Long.parseLong(distance, RADIX));
        long length = plus < 0 ? 0 : Long.parseLong(spans[i].substring(plus + 1), RADIX);
        behind = Math.addExact(start, length);
        starts[i] = Math.multiplyExact(start, MICROS);
        ends[i] = Math.addExact(Math.multiplyExact(behind, MICROS), MICROS - 1);
        if (length < 0 || (i > 0 && starts[i] <= ends[i - 1])) {
          return Optional.empty();
        }
      }
      return Optional.of(new TimeSpans(starts, ends));
    } catch (NumberFormatException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Spans in the making. Times in ascending order cost least. */
  static final class Builder {
    private final long[] starts = new long[2 * MOST];
    private final long[] ends = new long[2 * MOST];
    private int size;

    /** Takes in a time, microseconds. */
    void add(long micros) {
      long time = Math.floorDiv(micros, MICROS);
      int place = size;
      while (place > 0 && time < starts[place - 1]) {
        place--;
      }
      boolean before = place > 0 && time <= ends[place - 1] + JOINED;
      boolean after = place < size && time >= starts[place] - JOINED;
      if (before && after) {
        ends[place - 1] = ends[place];
        remove(place);
      } else if (before) {
        ends[place - 1] = Math.max(ends[place - 1], time);
      } else if (after) {
        starts[place] = time;
      } else {
        insert(place, time);
      }
    }

    private void insert(int place, long time) {
      System.arraycopy(starts, place, starts, place + 1, size - place);
      System.arraycopy(ends, place, ends, place + 1, size - place);
      starts[place] = time;
      ends[place] = time;
      if (++size == starts.length) {
        shrink();
      }
    }

    private void remove(int place) {
      System.arraycopy(starts, place + 1, starts, place, size - place - 1);
      System.arraycopy(ends, place + 1, ends, place, size - place - 1);
      size--;
    }

    /** Joins spans over the shortest gaps between them. */
    private void shrink() {
      if (size <= MOST) {
        return;
      }
      long[] gaps = new long[size - 1];
      for (int i = 0; i < gaps.length; i++) {
        gaps[i] = starts[i + 1] - ends[i];
      }
      Arrays.sort(gaps);
      long longestJoined = gaps[size - MOST - 1];
      int kept = 0;
      for (int i = 1; i < size; i++) {
        if (starts[i] - ends[i - 1] > longestJoined) {
          kept++;
          starts[kept] = starts[i];
        }
        ends[kept] = ends[i];
      }
      size = kept + 1;
    }

    TimeSpans build() {
      shrink();
      long[] from = Arrays.stream(starts, 0, size).map(ms -> ms * MICROS).toArray();
      long[] to = Arrays.stream(ends, 0, size).map(ms -> ms * MICROS + MICROS - 1).toArray();
      return new TimeSpans(from, to);
    }
  }
}
