package io.medallion.operations.verify;

import io.medallion.gold.read.GoldSnapshot.Kind;
import io.medallion.operations.verify.VerifyReport.Check;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/** Two series of rows in the order of their keys, side by side; nothing is kept of either. */
final class RowComparison {
  private static final int EXAMPLES = 5;

  private final MartTable table;
  private final List<String> examples = new ArrayList<>();
  private long examined;
  private long off;

  RowComparison(MartTable table) {
    this.table = table;
  }

  /** The statement that gold's table is silver's. */
  static String name(MartTable table) {
    return "gold." + table.name() + " is what silver says";
  }

  Check check() {
    return new Check("gold", name(table), examined, off, examples);
  }

  void run(Iterator<String[]> silver, Iterator<String[]> gold) {
    String[] said = next(silver);
    String[] kept = next(gold);
    while (said != null || kept != null) {
      int order = said == null ? 1 : kept == null ? -1 : compare(said, kept);
      examined++;
      if (order < 0) {
        found(said, "missing in gold");
      } else if (order > 0) {
        found(kept, "silver has nothing for it");
      } else {
        differences(said, kept);
      }
      said = order <= 0 ? next(silver) : said;
      kept = order >= 0 ? next(gold) : kept;
    }
  }

  private static String[] next(Iterator<String[]> rows) {
    return rows.hasNext() ? rows.next() : null;
  }

  private void differences(String[] said, String[] kept) {
    List<String> found = new ArrayList<>();
    for (int i = table.keys(); i < said.length; i++) {
      if (!isSame(table.columns().get(i).kind(), said[i], kept[i])) {
        found.add(
            "%s is %s, silver says %s"
                .formatted(
                    table.columns().get(i).name(),
                    table.readable(kept, i),
                    table.readable(said, i)));
      }
    }
    if (!found.isEmpty()) {
      found(kept, String.join("; ", found));
    }
  }

  /** Floating-point numbers are written in two ways. */
  private static boolean isSame(Kind kind, String said, String kept) {
    return Objects.equals(said, kept)
        || (kind == Kind.DOUBLE
            && said != null
            && kept != null
            && Double.valueOf(said).equals(Double.valueOf(kept)));
  }

  private void found(String[] row, String what) {
    off++;
    if (examples.size() < EXAMPLES) {
      List<String> key = new ArrayList<>();
      for (int i = 0; i < table.keys(); i++) {
        key.add(table.readable(row, i));
      }
      examples.add("%s: %s".formatted(String.join(", ", key), what));
    }
  }

  private int compare(String[] a, String[] b) {
    for (int i = 0; i < table.keys(); i++) {
      int compared =
          switch (table.columns().get(i).kind()) {
            case TIME, INTERVAL, NUMBER -> new BigDecimal(a[i]).compareTo(new BigDecimal(b[i]));
            default -> compareBytes(a[i], b[i]);
          };
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  /** As the bytes of UTF-8 compare: by code points. */
  private static int compareBytes(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        return Integer.compare(point(a, i), point(b, i));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** In the middle of a pair all before it is equal, so that its second half decides. */
  private static int point(String text, int at) {
    char unit = text.charAt(at);
    return Character.isSurrogate(unit) ? Character.MAX_VALUE + 1 + unit : unit;
  }
}
