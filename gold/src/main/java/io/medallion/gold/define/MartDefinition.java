package io.medallion.gold.define;

import io.medallion.common.Sha256;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.measure.Count;
import io.medallion.gold.measure.Extreme;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.Sum;
import io.medallion.gold.measure.ValueBy;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.schema.SilverColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataTypes;

/**
 * A mart as its SELECT defines it: what it is keyed by, what it measures, and of which events.
 *
 * @param file the text
 * @param time how it divides time
 * @param columns what it selects, in order
 * @param hidden measures that a computed column is made from and that are not selected themselves
 * @param filter the WHERE clause; null for none
 * @param comments of the columns, by name
 * @param plan the same SELECT for Spark, not analysed, whose text keys are cut as gold cuts them
 * @param events the rows of silver that it is about, not analysed, each with the mart's keys as
 *     more columns
 */
public record MartDefinition(
    MartFile file,
    TimeKey time,
    List<Output> columns,
    List<MeasureColumn> hidden,
    Expression filter,
    Map<String, String> comments,
    LogicalPlan plan,
    LogicalPlan events) {
  private static final Measure LAST = new Extreme(DataTypes.TimestampType, false);

  /** What the names of {@link #events}'s additional columns begin with. */
  public static final String KEY = "key__";

  /** A column of the table. */
  public sealed interface Output {
    /** Its name, not quoted. */
    String name();

    /** Its type. */
    ValueType type();
  }

  /**
   * Where a window starts or ends.
   *
   * @param name of the column
   * @param type a time, or a day
   * @param end whether it is the end
   */
  public record TimeColumn(String name, ValueType type, boolean end)
      implements Output, Serializable {}

  /**
   * A part of the key.
   *
   * @param name of the column
   * @param type of its values
   * @param expression over silver's columns
   */
  public record KeyColumn(String name, ValueType type, Expression expression) implements Output {}

  /**
   * A measure.
   *
   * @param name of the column
   * @param further the columns of its other results, in order
   * @param measure how it merges
   * @param condition which events it takes; null for all
   * @param arguments over silver's columns
   */
  public record MeasureColumn(
      String name,
      List<String> further,
      Measure measure,
      Expression condition,
      List<Expression> arguments)
      implements Output {
    /** With one result. */
    public MeasureColumn(
        String name, Measure measure, Expression condition, List<Expression> arguments) {
      this(name, List.of(), measure, condition, arguments);
    }

    @Override
    public ValueType type() {
      return measure.type();
    }

    /** The names of its state columns. */
    List<String> stateNames() {
      List<String> names = new ArrayList<>();
      for (Measure.State state : measure.state()) {
        boolean first = names.isEmpty();
        names.add(
            !state.isResult()
                ? name + Names.STATE + state.suffix()
                : first ? name : further.get(names.size() - 1));
      }
      return names;
    }

    /** Whether it keeps the same of the same events, whatever it is called. */
    boolean isLike(MeasureColumn other) {
      return measure.equals(other.measure)
          && Expressions.areLike(condition, other.condition)
          && Expressions.areLike(arguments, other.arguments);
    }

    /**
     * The same with a value more, where both are of the first or the last event of the same order;
     * empty if they are not.
     */
    Optional<MeasureColumn> with(MeasureColumn other) {
      if (!(measure instanceof ValueBy own
          && other.measure instanceof ValueBy theirs
          && theirs.values().size() == 1
          && own.least() == theirs.least()
          && own.order().equals(theirs.order())
          && Expressions.areLike(condition, other.condition))) {
        return Optional.empty();
      }
      List<Expression> order = arguments.subList(own.values().size(), arguments.size());
      if (!Expressions.areLike(order, other.arguments.subList(1, other.arguments.size()))) {
        return Optional.empty();
      }
      List<Expression> all = new ArrayList<>(arguments.subList(0, own.values().size()));
      all.add(other.arguments.get(0));
      all.addAll(order);
      List<String> names = new ArrayList<>(further);
      names.add(other.name);
      return Optional.of(
          new MeasureColumn(
              name, List.copyOf(names), own.and(theirs.values().get(0)), condition, all));
    }

    /** Its value as an expression over the state columns. */
    String result() {
      List<String> state = stateNames().stream().map(Names::quoted).toList();
      return measure.result(state).orElse(state.get(0));
    }
  }

  /**
   * A further result of a measure.
   *
   * @param name of the column
   * @param type of its values
   * @param of the name of the measure's first column
   */
  public record FurtherColumn(String name, ValueType type, String of) implements Output {}

  /**
   * The number of distinct values, exact: the values are kept in a table of their own.
   *
   * @param name of the column
   * @param condition which events it takes; null for all
   * @param value over silver's columns
   * @param valueType of the value
   * @param events as those of the mart, each with the value as one more column; null until all of
   *     the SELECT is read
   */
  public record DistinctColumn(
      String name, Expression condition, Expression value, ValueType valueType, LogicalPlan events)
      implements Output {
    @Override
    public ValueType type() {
      return ValueType.BIGINT;
    }
  }

  /**
   * An expression over measures, which Postgres computes as it stores the row.
   *
   * @param name of the column
   * @param type of its values
   * @param sql over the measures' columns
   */
  public record ComputedColumn(String name, ValueType type, String sql) implements Output {}

  /** The table's name. */
  public String name() {
    return file.name();
  }

  /** The column in which a window starts; empty if time is not divided. */
  public Optional<TimeColumn> start() {
    return of(TimeColumn.class).filter(column -> !column.end()).findFirst();
  }

  List<TimeColumn> times() {
    return of(TimeColumn.class).toList();
  }

  /** The keys that are no times. */
  public List<KeyColumn> keys() {
    return of(KeyColumn.class).toList();
  }

  /** Those selected, then the hidden ones. */
  List<MeasureColumn> measures() {
    return Stream.concat(of(MeasureColumn.class), hidden.stream()).toList();
  }

  /** Those that count distinct values. */
  public List<DistinctColumn> distincts() {
    return of(DistinctColumn.class).toList();
  }

  List<ComputedColumn> computed() {
    return of(ComputedColumn.class).toList();
  }

  /** The columns that Spark's SELECT has, those of the key first. */
  public List<Output> keyFirst() {
    List<Output> keyed = new ArrayList<>();
    start().ifPresent(keyed::add);
    keyed.addAll(keys());
    columns.stream().filter(column -> !keyed.contains(column)).forEach(keyed::add);
    return keyed;
  }

  /** How many of them a row is known by. */
  public int keyCount() {
    return keys().size() + (start().isPresent() ? 1 : 0);
  }

  private <T extends Output> Stream<T> of(Class<T> kind) {
    return columns.stream().filter(kind::isInstance).map(kind::cast);
  }

  /**
   * The columns whose values of a day add up to those of its events: counts and sums, where no
   * window reaches from one day into another.
   */
  public List<String> addedUpByDay() {
    return time.isWithinDays()
        ? of(MeasureColumn.class)
            .filter(column -> column.measure() instanceof Count || column.measure() instanceof Sum)
            .map(MeasureColumn::name)
            .toList()
        : List.of();
  }

  /** The columns of silver that it reads. */
  public List<String> reads() {
    return DeclaredMarts.relations(List.of(this), "gold").stream()
        .flatMap(relation -> relation.reads().stream())
        .distinct()
        .toList();
  }

  /** The name of the table of a column's distinct values. */
  String setsOf(DistinctColumn column) {
    return name() + Names.STATE + column.name();
  }

  /** Whether retention leaves its rows alone. */
  public boolean isKept() {
    return file.keepsRows() || !time.isFine();
  }

  /** What its rows were made with; another text means that rows of both do not add up. */
  public String definition(GoldSettings settings) {
    return "version=1 %s%s%s select=%s"
        .formatted(
            file.countsAll() ? settings.everything() : settings.population(),
            VisitorUse.of(this).isAny() ? settings.stitching().definition() : "",
            TimeReader.isByGapOfSettings(file) ? " gap=%dus".formatted(time.size()) : "",
            fingerprint());
  }

  /** Whether its rows tell visitors apart. */
  public boolean isByVisitor() {
    return VisitorUse.of(this).isAny();
  }

  /**
   * The column in which a session's last event is.
   *
   * @throws NoSuchElementException if it does not divide time by sessions
   */
  public String sessionEnd() {
    return Stream.concat(of(MeasureColumn.class), hidden.stream())
        .filter(column -> column.measure().equals(LAST) && column.condition() == null)
        .filter(column -> Expressions.isColumn(column.arguments().get(0), SilverColumns.EVENT_TIME))
        .findFirst()
        .orElseThrow()
        .name();
  }

  /** What distinguishes it from a mart of other meaning: its SELECT and options, as they stand. */
  public String fingerprint() {
    return HexFormat.of().formatHex(Sha256.of(file.statement() + file.options()), 0, 16);
  }
}
