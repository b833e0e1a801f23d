package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.ComputedColumn;
import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.FurtherColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.define.MartRefused.Position;
import io.medallion.gold.measure.DistinctValues;
import io.medallion.gold.measure.Extreme;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.SparkInternals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAlias;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedStar;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Reads what a mart's SELECT defines, and refuses what cannot be kept exact.
 *
 * <p>Spark parses and analyses; what is then in the SELECT list is a time key, another key, a
 * measure, or an expression over measures.
 */
public final class MartAnalyzer {
  /** The function that cuts long text keys, where a mart's SELECT is run by Spark. */
  public static final String TEXT_KEY = "medallion_text_key";

  private static final String SILVER = "silver";
  private static final Measure FIRST = new Extreme(DataTypes.TimestampType, true);

  /** What Spark takes for the same during one query, and what stops it. */
  private static final Set<String> MOMENTARY =
      Set.of(
          "now",
          "current_timestamp",
          "localtimestamp",
          "current_date",
          "curdate",
          "current_time",
          "current_timezone",
          "current_user",
          "user",
          "session_user",
          "current_catalog",
          "current_database",
          "current_schema",
          "version",
          "raise_error",
          "assert_true");

  private final SparkSession session;
  private final MartFile file;
  private final long gapMicros;
  private final SelectBuilder build;
  private final TimeReader times;
  private final List<Output> columns = new ArrayList<>();
  private final List<MeasureColumn> hidden = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, String> comments = new HashMap<>();
  private final List<NamedExpression> keyed = new ArrayList<>();

  /** The calls of {@code count(DISTINCT ...)} as they are written, by column. */
  private final Map<String, UnresolvedFunction> counted = new HashMap<>();

  private LogicalPlan source;

  private MartAnalyzer(SparkSession session, MartFile file, long gapMicros) {
    this.session = session;
    this.file = file;
    this.gapMicros = gapMicros;
    this.build = new SelectBuilder(session);
    this.times = new TimeReader(file);
  }

  /**
   * A session in which marts are analysed and their SELECTs run: what cannot be computed of an
   * event is null there, as an event must not stop gold.
   *
   * @param session any
   * @param silver the schema of silver's table, of which the view {@code silver} is made
   */
  public static SparkSession session(SparkSession session, StructType silver) {
    SparkSession own = session.newSession();
    own.conf().set("spark.sql.ansi.enabled", false);
    own.conf().set("spark.sql.session.timeZone", "UTC");
    own.createDataFrame(List.of(), silver).createOrReplaceTempView(SILVER);
    return own;
  }

  /**
   * Reads one.
   *
   * @param session as {@link #session} makes it
   * @param gapMicros what {@code session_gap()} stands for
   * @throws MartRefused if it cannot be kept
   */
  public static MartDefinition analyse(SparkSession session, MartFile file, long gapMicros)
      throws MartRefused {
    return SparkInternals.inSession(
            session, () -> new MartAnalyzer(session, file, gapMicros).outcome())
        .orThrow();
  }

  /** One of both is null. */
  private record Outcome(MartDefinition definition, MartRefused refused) {
    MartDefinition orThrow() throws MartRefused {
      if (refused != null) {
        throw refused;
      }
      return definition;
    }
  }

  private Outcome outcome() {
    try {
      return new Outcome(analyse(), null);
    } catch (MartRefused e) {
      return new Outcome(null, e);
    }
  }

  private MartDefinition analyse() throws MartRefused {
    LogicalPlan plan = parse();
    List<NamedExpression> items;
    LogicalPlan below;
    if (plan instanceof Aggregate aggregate) {
      items = CollectionConverters.asJava(aggregate.aggregateExpressions());
      below = aggregate.child();
    } else if (plan instanceof Project project) {
      items = CollectionConverters.asJava(project.projectList());
      below = project.child();
    } else {
      throw refuseNode(plan);
    }
    Expression condition = null;
    if (below instanceof Filter filter) {
      condition = filter.condition();
      below = filter.child();
    }
    source = silver(below);
    Expression filter = condition == null ? null : filter(condition);
    checkWhole(plan);
    keyed.add(build.item("SELECT *"));
    List<NamedExpression> cut = new ArrayList<>();
    for (NamedExpression item : items) {
      int before = columns.size();
      cut.add(column(item));
      String comment = file.columnComments().get(Position.lastLine((Expression) item));
      if (comment != null && columns.size() > before) {
        comments.put(columns.get(columns.size() - 1).name(), comment);
      }
    }
    if (plan instanceof Aggregate aggregate) {
      checkGrouping(aggregate);
    } else if (columns.stream().anyMatch(c -> c instanceof KeyColumn || c instanceof TimeColumn)) {
      throw refuse(
          Position.of(plan),
          "A SELECT without GROUP BY",
          "Its rows would be single events.",
          "Add GROUP BY ALL.");
    }
    checkColumns(plan);
    LogicalPlan child =
        plan instanceof Aggregate aggregate ? aggregate.child() : ((Project) plan).child();
    // Keys are columns below, so that sessions can be grouped by them.
    LogicalPlan events = new Project(CollectionConverters.asScala(keyed).toSeq(), child);
    LogicalPlan whole;
    if (times.time().kind() == TimeKey.Kind.SESSION) {
      cut.replaceAll(this::withoutDistinct);
      whole = sessions(cut, events);
    } else {
      whole = build.grouped(cut, events);
    }
    if (times.time().kind() == TimeKey.Kind.SESSION) {
      kept(sessionEnd());
      columns.replaceAll(
          column -> column instanceof DistinctColumn distinct ? inRow(distinct) : column);
    }
    columns.replaceAll(
        column -> column instanceof DistinctColumn distinct ? withEvents(distinct, child) : column);
    return new MartDefinition(
        file,
        times.time(),
        List.copyOf(columns),
        List.copyOf(hidden),
        filter,
        Map.copyOf(comments),
        MartFunctions.expanded(session, whole),
        events);
  }

  private static MeasureColumn inRow(DistinctColumn column) {
    return new MeasureColumn(
        column.name(),
        new DistinctValues(column.value().dataType()),
        column.condition(),
        List.of(column.value()));
  }

  /** A session joins what lies at most the gap behind its last event. */
  private MeasureColumn sessionEnd() throws MartRefused {
    NamedExpression last =
        resolved(build.item("SELECT max(event_time) AS " + MartTable.SESSION_END));
    AggregateExpression aggregate = (AggregateExpression) unnamed((Expression) last);
    return (MeasureColumn) one(MartTable.SESSION_END, aggregate, (Expression) last);
  }

  /** Spark 4.2 counts a value of a session as often as there are windows that merge into it. */
  private NamedExpression withoutDistinct(NamedExpression item) {
    UnresolvedFunction call = item instanceof Alias alias ? counted.get(alias.name()) : null;
    return call == null
        ? item
        : value(call, "CAST(size(collect_set(%s)) AS BIGINT)", ((Alias) item).name());
  }

  /** What is counted distinctly, null where it is not counted, in an expression. */
  private NamedExpression value(UnresolvedFunction call, String in, String name) {
    Expression value = CollectionConverters.asJava(call.children()).get(0);
    return call.filter().isDefined()
        ? build.instead(
            Map.of("x", value, "y", call.filter().get()),
            in.formatted("CASE WHEN y THEN x END"),
            name)
        : build.instead(value, in.formatted("x"), name);
  }

  private DistinctColumn withEvents(DistinctColumn column, LogicalPlan child) {
    List<NamedExpression> items = new ArrayList<>(keyed);
    items.add(value(counted.get(column.name()), "%s", MartDefinition.KEY + "value"));
    return new DistinctColumn(
        column.name(),
        column.condition(),
        column.value(),
        column.valueType(),
        new Project(CollectionConverters.asScala(items).toSeq(), child));
  }

  // The whole of the SELECT.

  private LogicalPlan parse() throws MartRefused {
    try {
      return Expressions.replacedIn(
          SparkInternals.parsed(session, file.text()),
          node -> TimeReader.isGapOfSettings(node) ? TimeReader.gap(gapMicros) : node);
    } catch (Exception e) {
      // Scala throws it undeclared.
      throw unreadable(e);
    }
  }

  private MartRefused unreadable(Exception e) {
    if (e instanceof AnalysisException wrong) {
      String message =
          wrong.getSimpleMessage().lines().filter(line -> !line.isBlank()).findFirst().orElse("");
      return refuse(
          Position.of(wrong.line(), wrong.startPosition()),
          "Spark cannot read it",
          message,
          "`medallion query` runs the same text; docs/tables.md has silver's columns.");
    }
    if (e instanceof RuntimeException known) {
      throw known;
    }
    throw new IllegalStateException(e);
  }

  /** Spark's own errors: unknown columns, wrong types. */
  private void checkWhole(LogicalPlan plan) throws MartRefused {
    try {
      SparkInternals.analysed(session, MartFunctions.expanded(session, plan));
    } catch (Exception e) {
      throw unreadable(e);
    }
  }

  private LogicalPlan silver(LogicalPlan plan) throws MartRefused {
    if (!(plan instanceof UnresolvedRelation relation)) {
      throw refuseNode(plan);
    }
    List<String> name = CollectionConverters.asJava(relation.multipartIdentifier());
    if (name.size() != 1 || !name.get(0).equalsIgnoreCase(SILVER)) {
      throw refuse(
          Position.of(plan),
          "It reads " + String.join(".", name),
          "Marts are kept from silver's rows.",
          "Write FROM silver; what reads other tables is a view.");
    }
    return relation;
  }

  private MartRefused refuseNode(LogicalPlan plan) {
    RefusedNode node = RefusedNode.of(plan);
    return refuse(Position.of(plan), "It has " + node.what(), node.reason(), node.remedy());
  }

  /** Rows are known by what is selected: what is grouped by besides would make them twice. */
  private void checkGrouping(Aggregate aggregate) throws MartRefused {
    List<Expression> grouping = CollectionConverters.asJava(aggregate.groupingExpressions());
    boolean all =
        grouping.size() == 1
            && grouping.get(0) instanceof UnresolvedAttribute name
            && name.name().equalsIgnoreCase("ALL");
    if (times.sessionWindow() != null
        && grouping.stream()
            .noneMatch(by -> by.sql().equalsIgnoreCase(times.sessionWindow().sql()))) {
      throw refuse(
          Position.of(times.sessionWindow()),
          "session_window that is not grouped by itself",
          "Spark would group by its start, which is the time of each event, and merge nothing.",
          "Write GROUP BY %s, %s."
              .formatted(
                  columns.stream()
                      .filter(KeyColumn.class::isInstance)
                      .map(Output::name)
                      .collect(Collectors.joining(", ")),
                  times.sessionWindow().sql()));
    }
    if (all) {
      return;
    }
    for (Expression by : grouping) {
      boolean window = by instanceof UnresolvedFunction function && TimeReader.isWindow(function);
      if (window || by instanceof Literal || isSelected(by, aggregate)) {
        continue;
      }
      throw refuse(
          Position.of(by),
          "GROUP BY %s, which is not selected".formatted(by.sql()),
          "The rows of the table would have no key.",
          "Select it, or write GROUP BY ALL.");
    }
  }

  private static boolean isSelected(Expression by, Aggregate aggregate) {
    return CollectionConverters.asJava(aggregate.aggregateExpressions()).stream()
        .anyMatch(
            item ->
                isNamed(item, by)
                    || unnamed((Expression) item).semanticEquals(by)
                    || unnamed((Expression) item).sql().equalsIgnoreCase(by.sql()));
  }

  private static boolean isNamed(NamedExpression item, Expression by) {
    return by instanceof UnresolvedAttribute name
        && item instanceof Alias alias
        && alias.name().equalsIgnoreCase(name.name());
  }

  private void checkColumns(LogicalPlan plan) throws MartRefused {
    Optional<String> unknown = file.index().filter(column -> !names.contains(column));
    if (unknown.isPresent()) {
      throw refuse(
          Position.START,
          "An index on '%s'".formatted(unknown.get()),
          "No column is called so.",
          "Name one that is selected.");
    }
    if (columns.stream().noneMatch(c -> c instanceof KeyColumn || c instanceof TimeColumn)) {
      throw refuse(
          Position.of(plan),
          "It has no key",
          "A table with one row for all of time has nothing to merge by.",
          "Select a time window or another key; 'all' AS scope will do.");
    }
    boolean starts = columns.stream().anyMatch(c -> c instanceof TimeColumn t && !t.end());
    if (times.time().kind() != TimeKey.Kind.NONE && !starts) {
      throw refuse(
          Position.of(plan),
          "It selects where windows end, but not where they start",
          "Rows are known, replaced and removed by the start.",
          "Select the start as well.");
    }
    if (times.time().kind() == TimeKey.Kind.SESSION
        && columns.stream().noneMatch(c -> c instanceof KeyColumn)) {
      throw refuse(
          Position.of(plan),
          "session_window without a key",
          "One session of all visitors reaches as far as there are events.",
          "Select whose sessions they are, as visitor.");
    }
  }

  // Single columns.

  /** The same column for Spark, whose text key is cut as gold cuts it. */
  private NamedExpression column(NamedExpression item) throws MartRefused {
    Expression expression = unnamed((Expression) item);
    if (expression instanceof UnresolvedStar) {
      throw refuse(
          Position.of(expression),
          "SELECT *",
          "A mart's columns are its keys and measures.",
          "Name the columns; those that are no measure are the key.");
    }
    for (Expression node : Expressions.nodes(expression)) {
      if (node instanceof UnresolvedFunction function && TimeReader.isWindow(function)) {
        String name = item instanceof Alias alias ? named(alias.name(), expression) : "";
        columns.add(times.window(item, expression, function, name));
        return item;
      }
    }
    Optional<OwnMeasure> own = MartFunctions.of(expression);
    if (own.isPresent()) {
      own(item, own.get(), expression);
      return item;
    }
    NamedExpression resolved = resolved(item);
    String name = name(resolved, item);
    Expression value = unnamed((Expression) resolved);
    if (Expressions.nodes(value).stream().anyMatch(AggregateExpression.class::isInstance)) {
      measure(name, value, expression);
      return item;
    }
    checkScalar(value, expression);
    Optional<TimeColumn> start = times.calendar(name, Expressions.evaluable(value), expression);
    if (start.isPresent()) {
      columns.add(start.get());
      return item;
    }
    ValueType type = type(value, expression, "key");
    if (type.kind() != ValueType.Kind.TEXT && value.nullable()) {
      throw refuse(
          Position.of(expression),
          "A key that may be null",
          "A null is no key, and what stands for it is not known for %s."
              .formatted(value.dataType().sql()),
          "Write coalesce(%s, ...) with a value that does not occur otherwise.".formatted(name));
    }
    columns.add(new KeyColumn(name, type, scalar(value)));
    String cut = type.kind() == ValueType.Kind.TEXT ? TEXT_KEY + "(x)" : "x";
    keyed.add(build.instead(expression, cut, MartDefinition.KEY + name));
    return build.item("SELECT %s%s AS %2$s".formatted(MartDefinition.KEY, name));
  }

  /** The same of sessions: Spark merges those only that are grouped by the whole window. */
  private LogicalPlan sessions(List<NamedExpression> items, LogicalPlan child) {
    List<Expression> by = new ArrayList<>(List.of(times.sessionWindow()));
    for (Output column : columns) {
      if (column instanceof KeyColumn) {
        by.add((Expression) build.item("SELECT " + MartDefinition.KEY + column.name()));
      }
    }
    return SelectBuilder.grouped(items, by, child);
  }

  private NamedExpression resolved(NamedExpression item) throws MartRefused {
    try {
      LogicalPlan plan =
          SparkInternals.analysed(
              session, new Project(CollectionConverters.asScala(List.of(item)).toSeq(), source));
      if (plan instanceof Aggregate aggregate) {
        return aggregate.aggregateExpressions().head();
      }
      for (LogicalPlan node : nodes(plan)) {
        if (node instanceof Generate || node instanceof Window) {
          RefusedNode refused = RefusedNode.of(node);
          throw refuse(
              Position.of((Expression) item),
              "It has " + refused.what(),
              refused.reason(),
              refused.remedy());
        }
      }
      if (plan instanceof Project project) {
        for (Expression node : Expressions.nodes((Expression) project.projectList().head())) {
          refuseUnkeepable(node, (Expression) item);
        }
        return project.projectList().head();
      }
      throw refuseNode(plan);
    } catch (MartRefused e) {
      throw e;
    } catch (Exception e) {
      throw unreadable(e);
    }
  }

  private Expression filter(Expression condition) throws MartRefused {
    try {
      LogicalPlan plan = SparkInternals.analysed(session, new Filter(condition, source));
      Expression resolved = ((Filter) plan).condition();
      checkScalar(resolved, condition);
      return scalar(resolved);
    } catch (MartRefused e) {
      throw e;
    } catch (Exception e) {
      throw unreadable(e);
    }
  }

  private String name(NamedExpression resolved, NamedExpression item) throws MartRefused {
    boolean given =
        item instanceof Alias || unnamed((Expression) item) instanceof UnresolvedAttribute;
    String name = resolved.name();
    if (!given) {
      throw refuse(
          Position.of((Expression) item),
          "A column without a name",
          "It would be called " + name + ".",
          "Write AS and a name behind it.");
    }
    return named(name, (Expression) item);
  }

  private String named(String name, Expression item) throws MartRefused {
    if (!Names.isPlain(name)) {
      throw refuse(
          Position.of(item),
          "'%s' is no name of a column".formatted(name),
          "Postgres's names are written without quotes.",
          Names.RULE);
    }
    if (!names.add(name)) {
      throw refuse(
          Position.of(item), "Two columns " + name, "Names are unique.", "Name one otherwise.");
    }
    return name;
  }

  // Measures.

  private void measure(String name, Expression value, Expression written) throws MartRefused {
    if (value instanceof AggregateExpression aggregate) {
      Output column = one(name, aggregate, written);
      if (column instanceof DistinctColumn && written instanceof UnresolvedFunction function) {
        counted.put(name, function);
      }
      add(column);
      return;
    }
    int[] parts = {0};
    PostgresExpression translation =
        new PostgresExpression(
            aggregate -> {
              Output part = one(name + Names.STATE + ++parts[0], aggregate, written);
              if (!(part instanceof MeasureColumn measured)) {
                throw refuse(
                    Position.of(written),
                    "count(DISTINCT ...) inside an expression",
                    "Its values are counted in a table of their own.",
                    "Select it as a column, and compute with it in a view on top.");
              }
              return startsSession(measured) ? start() : kept(measured).result();
            },
            node ->
                refuse(
                    Position.of(written),
                    "%s over measures".formatted(node.prettyName()),
                    "Postgres would not compute it as Spark does.",
                    "Select the measures, and compute with them in a view on top (NAME.view.sql)."));
    String sql =
        translation.of(Expressions.tolerant(Expressions.evaluableKeepingAggregates(value)));
    columns.add(new ComputedColumn(name, type(value, written, "value"), sql));
  }

  /** Values of the first event in an order, or of the last, share it. */
  private void add(Output column) {
    if (column instanceof MeasureColumn measure) {
      for (int i = 0; i < columns.size(); i++) {
        Optional<MeasureColumn> both =
            columns.get(i) instanceof MeasureColumn before
                ? before.with(measure)
                : Optional.empty();
        if (both.isPresent()) {
          columns.set(i, both.get());
          columns.add(new FurtherColumn(measure.name(), measure.type(), both.get().name()));
          return;
        }
      }
    }
    columns.add(column);
  }

  /** The least time of a session is a part of its key. */
  private boolean startsSession(MeasureColumn part) {
    return times.time().kind() == TimeKey.Kind.SESSION
        && part.measure().equals(FIRST)
        && part.condition() == null
        && Expressions.isColumn(part.arguments().get(0), SilverColumns.EVENT_TIME)
        && columns.stream().anyMatch(c -> c instanceof TimeColumn time && !time.end());
  }

  private String start() {
    return columns.stream()
        .filter(c -> c instanceof TimeColumn time && !time.end())
        .map(c -> Names.quoted(c.name()))
        .findFirst()
        .orElseThrow();
  }

  /** A part of a computed column: one that is selected by itself, if there is such a one. */
  private MeasureColumn kept(MeasureColumn part) {
    return Stream.concat(
            columns.stream().filter(MeasureColumn.class::isInstance).map(MeasureColumn.class::cast),
            hidden.stream())
        .filter(column -> column.further().isEmpty() && column.isLike(part))
        .findFirst()
        .orElseGet(
            () -> {
              hidden.add(part);
              return part;
            });
  }

  /** A measure of gold's own, which Spark does not know. */
  private void own(NamedExpression item, OwnMeasure own, Expression function) throws MartRefused {
    if (!(item instanceof Alias alias)) {
      throw refuse(
          Position.of(function),
          "A column without a name",
          "It has none.",
          "Write AS and a name behind it.");
    }
    String name = named(alias.name(), (Expression) item);
    List<Expression> arguments = Expressions.children(function);
    Optional<Measure> measure = own.measure(arguments);
    if (measure.isEmpty()) {
      throw refuse(
          Position.of(function),
          "%s with such arguments".formatted(own.function()),
          "What it needs is kept in the row, which has to have an end.",
          own.remedy());
    }
    List<Expression> all = new ArrayList<>();
    for (Expression argument : own.values(arguments)) {
      all.add(argument(argument, own.type()));
    }
    all.add(argument(column(SilverColumns.EVENT_TIME), ValueType.TIME));
    if (own.takesId()) {
      all.add(argument(column(SilverColumns.EVENT_ID), ValueType.TEXT));
    }
    MeasureColumn column = new MeasureColumn(name, measure.get(), null, all);
    columns.add(column);
    if (own == OwnMeasure.FUNNEL) {
      comments.put(column.stateNames().get(0), steps(arguments));
    }
  }

  /** What the reading API takes the names of the steps from: a line each, behind the first. */
  private static String steps(List<Expression> conditions) {
    return MartDdl.STATE
        + ", of the steps\n"
        + conditions.stream()
            .map(condition -> condition.sql().replace('\n', ' '))
            .collect(Collectors.joining("\n"));
  }

  private Expression column(String name) {
    return unnamed((Expression) build.item("SELECT " + name));
  }

  private Expression argument(Expression argument, ValueType type) throws MartRefused {
    Expression value = unnamed((Expression) resolved(build.instead(argument, "x", "x")));
    checkScalar(value, argument);
    if (!ValueType.of(value.dataType()).equals(Optional.of(type))) {
      throw refuse(
          Position.of(argument),
          "%s is %s".formatted(argument.sql(), value.dataType().sql()),
          "Here has to be %s."
              .formatted(type.kind() == ValueType.Kind.BOOLEAN ? "a condition" : "a text"),
          type.kind() == ValueType.Kind.BOOLEAN
              ? "Write a condition such as event_type = 'purchase'."
              : "CAST it to STRING.");
    }
    return scalar(value);
  }

  private Output one(String name, AggregateExpression aggregate, Expression written)
      throws MartRefused {
    for (Expression child : Expressions.children(aggregate.aggregateFunction())) {
      checkScalar(child, written);
    }
    Expression condition = null;
    if (aggregate.filter().isDefined()) {
      checkScalar(aggregate.filter().get(), written);
      condition = scalar(aggregate.filter().get());
    }
    return new MeasureFactory(
            (problem, reason, remedy) -> refuse(Position.of(written), problem, reason, remedy))
        .of(name, aggregate, condition);
  }

  // Expressions over one event.

  private void checkScalar(Expression value, Expression written) throws MartRefused {
    for (Expression node : Expressions.nodes(Expressions.evaluable(value))) {
      refuseUnkeepable(node, written);
      boolean evaluable = !(node instanceof Unevaluable) || node instanceof AttributeReference;
      if (!node.deterministic() || !evaluable || MOMENTARY.contains(node.prettyName())) {
        throw refuse(
            Position.of(written),
            "%s is not the same whenever it is asked".formatted(node.prettyName()),
            "A number that depends on when, where or how often it is computed cannot be computed again.",
            "Use silver's columns: event_time, kafka_timestamp and ingested_at are times that stay.");
      }
    }
  }

  private void refuseUnkeepable(Expression node, Expression written) throws MartRefused {
    if (node instanceof PlanExpression) {
      throw refuse(
          Position.of(written),
          "A subquery",
          "What it says changes without an event of the row.",
          "Add the column to silver by the event contract, or join in a view on top.");
    }
  }

  private static List<LogicalPlan> nodes(LogicalPlan plan) {
    List<LogicalPlan> nodes = new ArrayList<>(List.of(plan));
    CollectionConverters.asJava(plan.children()).forEach(child -> nodes.addAll(nodes(child)));
    return nodes;
  }

  private static Expression scalar(Expression value) {
    return Expressions.tolerant(Expressions.evaluable(value));
  }

  private ValueType type(Expression value, Expression written, String role) throws MartRefused {
    Optional<ValueType> type = ValueType.of(value.dataType());
    if (type.isEmpty() || type.get().kind() == ValueType.Kind.TEXTS) {
      throw refuse(
          Position.of(written),
          "A %s of type %s".formatted(role, value.dataType().sql()),
          "Postgres has no such column that could be merged.",
          "Cast it to a text, a number, a time or a truth value.");
    }
    if (role.equals("key") && type.get().kind() == ValueType.Kind.DOUBLE) {
      throw refuse(
          Position.of(written),
          "A floating-point number as a key",
          "Rows that seem equal would be different.",
          "CAST it to a DECIMAL, or round it to a whole number.");
    }
    return type.get();
  }

  private static Expression unnamed(Expression item) {
    if (item instanceof Alias alias) {
      return alias.child();
    }
    return item instanceof UnresolvedAlias alias ? alias.child() : item;
  }

  // Places.

  private MartRefused refuse(Position at, String problem, String reason, String remedy) {
    return new MartRefused(file.path(), at, problem, reason, remedy);
  }
}
