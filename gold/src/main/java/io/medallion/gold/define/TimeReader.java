package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.define.MartRefused.Position;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedExtractValue;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.TruncDate;
import org.apache.spark.sql.catalyst.expressions.TruncTimestamp;
import org.apache.spark.sql.catalyst.util.IntervalUtils;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.unsafe.types.CalendarInterval;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/** Reads how a mart's SELECT divides time, which it does at most once. */
final class TimeReader {
  private static final String WINDOW = "window";
  private static final String SESSION_WINDOW = "session_window";
  private static final String SESSION_GAP = "session_gap";
  private static final Pattern GAP =
      Pattern.compile("\\b" + SESSION_GAP + "\\s*\\(", Pattern.CASE_INSENSITIVE);

  private final MartFile file;
  private TimeKey time = TimeKey.NONE;
  private UnresolvedFunction sessionWindow;

  TimeReader(MartFile file) {
    this.file = file;
  }

  /** How it does, by what has been read so far. */
  TimeKey time() {
    return time;
  }

  /** The call of {@code session_window}; null if there is none. */
  UnresolvedFunction sessionWindow() {
    return sessionWindow;
  }

  /** Whether sessions are as far apart as gold's settings say. */
  static boolean isByGapOfSettings(MartFile file) {
    return GAP.matcher(file.statement()).find();
  }

  static boolean isGapOfSettings(Expression expression) {
    return expression instanceof UnresolvedFunction function
        && function.children().isEmpty()
        && function.nameParts().last().equalsIgnoreCase(SESSION_GAP);
  }

  /** As {@code session_window} takes it. */
  static Expression gap(long micros) {
    return Literal.create(UTF8String.fromString(micros + " microseconds"), DataTypes.StringType);
  }

  /** Whether it divides time by windows or sessions. */
  static boolean isWindow(UnresolvedFunction function) {
    String name = String.join(".", CollectionConverters.asJava(function.nameParts()));
    return name.equalsIgnoreCase(WINDOW) || name.equalsIgnoreCase(SESSION_WINDOW);
  }

  /**
   * A window that is selected.
   *
   * @param item as it is selected
   * @param expression the same without its name
   * @param function the call in it
   * @param name what it is called
   */
  TimeColumn window(
      NamedExpression item, Expression expression, UnresolvedFunction function, String name)
      throws MartRefused {
    boolean session = function.nameParts().last().equalsIgnoreCase(SESSION_WINDOW);
    String called = session ? SESSION_WINDOW : WINDOW;
    String end =
        expression instanceof UnresolvedExtractValue value
                && value.child() == function
                && value.extraction() instanceof Literal part
            ? String.valueOf(part.value())
            : "";
    if (!(item instanceof Alias) || (!end.equals("start") && !end.equals("end"))) {
      throw refuse(
          Position.of(expression),
          called + " without .start or .end",
          "A row is known by the time at which its window starts.",
          "Select %s(...).start AS a name.".formatted(called));
    }
    List<Expression> arguments = CollectionConverters.asJava(function.children());
    if (!(arguments.get(0) instanceof UnresolvedAttribute column)
        || !column.name().equalsIgnoreCase(SilverColumns.EVENT_TIME)) {
      throw refuse(
          Position.of(expression),
          called + " over another time than event_time",
          "Silver's files, backfills and retention go by event_time.",
          "Write %s(event_time, ...).".formatted(called));
    }
    List<Long> lengths = new ArrayList<>();
    for (Expression argument : arguments.subList(1, arguments.size())) {
      lengths.add(micros(argument, called));
    }
    if (session && end.equals("end")) {
      throw refuse(
          Position.of(expression),
          "session_window(...).end",
          "It lies the gap behind the last event.",
          "Select max(event_time) instead.");
    }
    TimeKey key =
        session
            ? TimeKey.session(lengths.get(0))
            : TimeKey.window(
                lengths.get(0),
                lengths.size() > 1 ? lengths.get(1) : lengths.get(0),
                lengths.size() > 2 ? lengths.get(2) : 0);
    if (!session && (key.size() <= 0 || key.slide() <= 0 || key.size() % key.slide() != 0)) {
      throw refuse(
          Position.of(expression),
          "Windows that do not slide by a part of their length",
          "Windows are %d microseconds long and slide by %d.".formatted(key.size(), key.slide()),
          "Let the length be a multiple of the slide, as in '5 minutes', '1 minute'.");
    }
    divide(key, expression);
    sessionWindow = session ? function : null;
    return new TimeColumn(name, ValueType.TIME, end.equals("end"));
  }

  private long micros(Expression argument, String called) throws MartRefused {
    CalendarInterval interval = null;
    if (argument instanceof Literal literal && literal.value() instanceof UTF8String text) {
      try {
        interval = IntervalUtils.stringToInterval(text);
      } catch (RuntimeException e) {
        interval = null;
      }
    }
    if (interval == null || interval.months != 0) {
      throw refuse(
          Position.of(argument),
          "%s is no length of a %s".formatted(argument.sql(), called),
          "A length is a text such as '5 minutes', without months.",
          "Write one; for months, date_trunc('month', event_time).");
    }
    return interval.days * Windows.DAY + interval.microseconds;
  }

  private void divide(TimeKey key, Expression expression) throws MartRefused {
    if (time.kind() != TimeKey.Kind.NONE && !time.equals(key)) {
      throw refuse(
          Position.of(expression),
          "Two divisions of time",
          "Each would have rows of its own to replace and to remove.",
          time.kind() == TimeKey.Kind.LOCAL
              ? "Select this one first: local_date behind it is a key like any other."
              : "Keep the finer one, and sum it up to the other in a view.");
    }
    time = key;
  }

  /** A calendar unit or a round window, as {@code date_trunc} and casts to dates say it. */
  Optional<TimeColumn> calendar(String name, Expression value, Expression written)
      throws MartRefused {
    String unit = null;
    ValueType type = ValueType.TIME;
    boolean local = false;
    if (isLocalDay(value)) {
      unit = "day";
      type = ValueType.DAY;
      local = true;
    } else if (value instanceof TruncDate trunc && isLocalDay(trunc.date())) {
      unit = text(trunc.format());
      type = ValueType.DAY;
      local = true;
    } else if (isDay(value)) {
      unit = "day";
      type = ValueType.DAY;
    } else if (value instanceof TruncDate trunc && isDay(trunc.date())) {
      unit = text(trunc.format());
      type = ValueType.DAY;
    } else if (value instanceof TruncTimestamp trunc && isEventTime(trunc.timestamp())) {
      unit = text(trunc.format());
    }
    boolean isKey = local && time.kind() != TimeKey.Kind.NONE && time.kind() != TimeKey.Kind.LOCAL;
    if (unit == null || isKey) {
      return Optional.empty();
    }
    TimeKey key =
        switch (unit.toLowerCase(Locale.ROOT)) {
          case "second" -> TimeKey.window(1_000_000L, 1_000_000L, 0);
          case "minute" -> TimeKey.window(60_000_000L, 60_000_000L, 0);
          case "hour" -> TimeKey.window(Windows.HOUR, Windows.HOUR, 0);
          case "day", "dd" -> TimeKey.calendar(TimeKey.Unit.DAY);
          case "week" -> TimeKey.calendar(TimeKey.Unit.WEEK);
          case "month", "mon", "mm" -> TimeKey.calendar(TimeKey.Unit.MONTH);
          case "quarter" -> TimeKey.calendar(TimeKey.Unit.QUARTER);
          case "year", "yyyy", "yy" -> TimeKey.calendar(TimeKey.Unit.YEAR);
          default ->
              throw refuse(
                  Position.of(written),
                  "'%s' is no unit of time".formatted(unit),
                  "Units are second, minute, hour, day, week, month, quarter, year.",
                  "Use one of these.");
        };
    divide(local ? TimeKey.local(key.unit()) : key, written);
    return Optional.of(new TimeColumn(name, type, false));
  }

  private static boolean isDay(Expression value) {
    return (value instanceof Cast cast
            && cast.dataType() instanceof DateType
            && isEventTime(cast.child()))
        || (value instanceof AttributeReference column
            && column.name().equals(SilverColumns.EVENT_DATE));
  }

  private static boolean isLocalDay(Expression value) {
    return value instanceof AttributeReference column
        && column.name().equals(SilverColumns.LOCAL_DATE);
  }

  private static boolean isEventTime(Expression value) {
    return value instanceof AttributeReference column
        && column.name().equals(SilverColumns.EVENT_TIME);
  }

  private static String text(Expression literal) {
    return literal instanceof Literal text ? String.valueOf(text.value()) : null;
  }

  private MartRefused refuse(Position at, String problem, String reason, String remedy) {
    return new MartRefused(file.path(), at, problem, reason, remedy);
  }
}
