package io.medallion.cli.show;

import java.time.Duration;

/** Writes values as people read them. */
public final class Text {
  private static final int MEBI = 1024 * 1024;

  private Text() {}

  /** Such as {@code 45 s}, {@code 2 min 5 s}, {@code 3 h 10 min}, {@code 2 d 4 h}. */
  public static String of(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return pair(seconds, 60, "min", 1, "s");
    }
    return seconds < 86_400
        ? pair(seconds, 3600, "h", 60, "min")
        : pair(seconds, 86_400, "d", 3600, "h");
  }

  /** Such as {@code 12.5 MiB}. */
  public static String mebibytes(long bytes) {
    return "%,.1f MiB".formatted((double) bytes / MEBI);
  }

  private static String pair(long seconds, long big, String bigUnit, long small, String unit) {
    long rest = seconds % big / small;
    return seconds / big + " " + bigUnit + (rest == 0 ? "" : " " + rest + " " + unit);
  }
}
