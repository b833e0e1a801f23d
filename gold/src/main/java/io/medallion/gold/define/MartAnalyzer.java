package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.ComputedColumn;
import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.define.MartRefused.Position;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.measure.DistinctValues;
import io.medallion.gold.measure.FirstDistinct;
import io.medallion.gold.measure.Funnel;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.SparkInternals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAlias;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedExtractValue;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedStar;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.TruncDate;
import org.apache.spark.sql.catalyst.expressions.TruncTimestamp;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.catalyst.trees.Origin;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.catalyst.util.IntervalUtils;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.CalendarInterval;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;
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
  private static final String WINDOW = "window";
  private static final String SESSION_WINDOW = "session_window";
  private static final Pattern COLUMN = Pattern.compile("[a-z][a-z0-9_]{0,49}");
  private static final long DAY = Windows.DAY;
  private static final int MOST_VALUES = 100;

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

  /** What a plan may not have, by the name of the node, and what to write instead. */
  private static final Map<String, String[]> REFUSED_NODES =
      Map.ofEntries(
          refused(
              "GlobalLimit",
              "LIMIT",
              "Which rows are first changes with every event.",
              "Leave it out, and limit where the table is read, or in a view."),
          refused(
              "Offset",
              "OFFSET",
              "Which rows are first changes with every event.",
              "Leave it out, and skip rows where the table is read."),
          refused(
              "Sort",
              "ORDER BY",
              "A table has no order.",
              "Leave it out, and order where the table is read, or in a view."),
          refused(
              "UnresolvedHaving",
              "HAVING",
              "A row that comes and goes with its number cannot be merged.",
              "Leave it out, and filter in a view on top (NAME.view.sql)."),
          refused(
              "Distinct",
              "SELECT DISTINCT",
              "Rows are distinct by their keys already.",
              "Write GROUP BY ALL instead."),
          refused(
              "Join",
              "a join",
              "What the other side says changes without an event.",
              "Add the column to silver by the event contract, or join in a view on top."),
          refused(
              "UnresolvedWith",
              "WITH",
              "A mart is one SELECT over silver.",
              "Write one SELECT ... FROM silver ... GROUP BY ALL; what stands on top of it is a view."),
          refused(
              "SubqueryAlias",
              "a subquery",
              "A mart is one SELECT over silver.",
              "Write one SELECT ... FROM silver ... GROUP BY ALL; what stands on top of it is a view."),
          refused(
              "Union",
              "UNION",
              "A mart is one SELECT over silver.",
              "Write a mart for each, and unite them in a view."),
          refused(
              "Generate",
              "LATERAL VIEW",
              "An event that becomes many rows has no key of its own.",
              "Add a column to silver by the event contract."),
          refused(
              "WithWindowDefinition",
              "a window function",
              "Its value depends on all other rows.",
              "Compute it in a view on top."),
          refused(
              "Sample",
              "TABLESAMPLE",
              "Which rows it takes is not determined by the events.",
              "Filter by a column instead."),
          refused(
              "Pivot",
              "PIVOT",
              "Columns would depend on data.",
              "Write a count_if or sum for each column."));

  private static Map.Entry<String, String[]> refused(
      String node, String what, String reason, String remedy) {
    return Map.entry(node, new String[] {what, reason, remedy});
  }

  private final SparkSession session;
  private final MartFile file;
  private final List<Output> columns = new ArrayList<>();
  private final List<MeasureColumn> hidden = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, String> comments = new HashMap<>();
  private final List<NamedExpression> keyed = new ArrayList<>();

  /** The calls of {@code count(DISTINCT ...)} as they are written, by column. */
  private final Map<String, UnresolvedFunction> counted = new HashMap<>();

  private TimeKey time = TimeKey.NONE;
  private UnresolvedFunction sessionWindow;
  private LogicalPlan source;

  private MartAnalyzer(SparkSession session, MartFile file) {
    this.session = session;
    this.file = file;
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
   * @throws MartRefused if it cannot be kept
   */
  public static MartDefinition analyse(SparkSession session, MartFile file) throws MartRefused {
    return SparkInternals.inSession(session, () -> new MartAnalyzer(session, file).outcome())
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
    keyed.add(template("SELECT *").aggregateExpressions().head());
    List<NamedExpression> cut = new ArrayList<>();
    for (NamedExpression item : items) {
      int before = columns.size();
      cut.add(column(item));
      String comment = file.columnComments().get(lastLine((Expression) item));
      if (comment != null && columns.size() > before) {
        comments.put(columns.get(columns.size() - 1).name(), comment);
      }
    }
    if (plan instanceof Aggregate aggregate) {
      checkGrouping(aggregate);
    } else if (columns.stream().anyMatch(c -> c instanceof KeyColumn || c instanceof TimeColumn)) {
      throw refuse(
          at(plan),
          "A SELECT without GROUP BY",
          "Its rows would be single events.",
          "Add GROUP BY ALL.");
    }
    checkColumns(plan);
    LogicalPlan child =
        plan instanceof Aggregate aggregate ? aggregate.child() : ((Project) plan).child();
    // Keys are columns below: Spark merges sessions wrongly if a key is an expression.
    LogicalPlan events = new Project(CollectionConverters.asScala(keyed).toSeq(), child);
    LogicalPlan whole;
    if (time.kind() == TimeKey.Kind.SESSION) {
      cut.replaceAll(this::withoutDistinct);
      whole = sessions(cut, events);
    } else {
      whole = grouped(cut, events);
    }
    if (time.kind() == TimeKey.Kind.SESSION) {
      hidden.add(sessionEnd());
      columns.replaceAll(
          column -> column instanceof DistinctColumn distinct ? inRow(distinct) : column);
    }
    columns.replaceAll(
        column -> column instanceof DistinctColumn distinct ? withEvents(distinct, child) : column);
    return new MartDefinition(
        file,
        time,
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
        resolved(
            template("SELECT max(event_time) AS " + MartTable.SESSION_END)
                .aggregateExpressions()
                .head());
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
        ? instead(
            Map.of("x", value, "y", call.filter().get()),
            in.formatted("CASE WHEN y THEN x END"),
            name)
        : instead(value, in.formatted("x"), name);
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
      return SparkInternals.parsed(session, file.text());
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
          new Position(line(wrong.line()), 1 + number(wrong.startPosition(), 0)),
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
          at(plan),
          "It reads " + String.join(".", name),
          "Marts are kept from silver's rows.",
          "Write FROM silver; what reads other tables is a view.");
    }
    return relation;
  }

  private MartRefused refuseNode(LogicalPlan plan) {
    String[] known = REFUSED_NODES.get(plan.nodeName());
    if (known == null) {
      return refuse(
          at(plan),
          "It is no SELECT ... FROM silver ... GROUP BY ALL, but has " + plan.nodeName(),
          "Only such a SELECT can be kept from single events.",
          "Write the rest as a view on top of the mart (NAME.view.sql).");
    }
    return refuse(at(plan), "It has " + known[0], known[1], known[2]);
  }

  /** Rows are known by what is selected: what is grouped by besides would make them twice. */
  private void checkGrouping(Aggregate aggregate) throws MartRefused {
    List<Expression> grouping = CollectionConverters.asJava(aggregate.groupingExpressions());
    boolean all =
        grouping.size() == 1
            && grouping.get(0) instanceof UnresolvedAttribute name
            && name.name().equalsIgnoreCase("ALL");
    if (sessionWindow != null
        && grouping.stream().noneMatch(by -> by.sql().equalsIgnoreCase(sessionWindow.sql()))) {
      throw refuse(
          at(sessionWindow),
          "session_window that is not grouped by itself",
          "Spark would group by its start, which is the time of each event, and merge nothing.",
          "Write GROUP BY %s, %s."
              .formatted(
                  columns.stream()
                      .filter(KeyColumn.class::isInstance)
                      .map(Output::name)
                      .collect(Collectors.joining(", ")),
                  sessionWindow.sql()));
    }
    if (all) {
      return;
    }
    for (Expression by : grouping) {
      boolean window = by instanceof UnresolvedFunction function && isWindow(function);
      if (window || by instanceof Literal || isSelected(by, aggregate)) {
        continue;
      }
      throw refuse(
          at(by),
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
    if (columns.stream().noneMatch(c -> c instanceof KeyColumn || c instanceof TimeColumn)) {
      throw refuse(
          at(plan),
          "It has no key",
          "A table with one row for all of time has nothing to merge by.",
          "Select a time window or another key; 'all' AS scope will do.");
    }
    boolean times = columns.stream().anyMatch(c -> c instanceof TimeColumn t && !t.end());
    if (time.kind() != TimeKey.Kind.NONE && !times) {
      throw refuse(
          at(plan),
          "It selects where windows end, but not where they start",
          "Rows are known, replaced and removed by the start.",
          "Select the start as well.");
    }
    if (time.kind() == TimeKey.Kind.SESSION
        && columns.stream().noneMatch(c -> c instanceof KeyColumn)) {
      throw refuse(
          at(plan),
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
          at(expression),
          "SELECT *",
          "A mart's columns are its keys and measures.",
          "Name the columns; those that are no measure are the key.");
    }
    for (Expression node : Expressions.nodes(expression)) {
      if (node instanceof UnresolvedFunction function && isWindow(function)) {
        return window(item, expression, function);
      }
    }
    if (MartFunctions.isOurs(expression)) {
      own(item, (UnresolvedFunction) expression);
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
    Optional<TimeColumn> start = calendar(name, Expressions.evaluable(value), expression);
    if (start.isPresent()) {
      columns.add(start.get());
      return item;
    }
    ValueType type = type(value, expression, "key");
    if (type.kind() != ValueType.Kind.TEXT && value.nullable()) {
      throw refuse(
          at(expression),
          "A key that may be null",
          "A null is no key, and what stands for it is not known for %s."
              .formatted(value.dataType().sql()),
          "Write coalesce(%s, ...) with a value that does not occur otherwise.".formatted(name));
    }
    columns.add(new KeyColumn(name, type, scalar(value)));
    String cut = type.kind() == ValueType.Kind.TEXT ? TEXT_KEY + "(x)" : "x";
    keyed.add(instead(expression, cut, MartDefinition.KEY + name));
    return template("SELECT %s%s AS %2$s".formatted(MartDefinition.KEY, name))
        .aggregateExpressions()
        .head();
  }

  /** An expression in the place of x. */
  private NamedExpression instead(Expression expression, String select, String name) {
    return instead(Map.of("x", expression), select, name);
  }

  private NamedExpression instead(Map<String, Expression> parts, String select, String name) {
    return (NamedExpression)
        Expressions.replaced(
            (Expression)
                template("SELECT %s AS %s".formatted(select, name)).aggregateExpressions().head(),
            node -> node instanceof UnresolvedAttribute part ? parts.get(part.name()) : node);
  }

  /** The same of sessions: Spark merges those only that are grouped by the whole window. */
  private LogicalPlan sessions(List<NamedExpression> items, LogicalPlan child) {
    List<Expression> by = new ArrayList<>(List.of(sessionWindow));
    for (Output column : columns) {
      if (column instanceof KeyColumn) {
        by.add(
            (Expression)
                template("SELECT " + MartDefinition.KEY + column.name())
                    .aggregateExpressions()
                    .head());
      }
    }
    return new Aggregate(
        CollectionConverters.asScala(by).toSeq(),
        CollectionConverters.asScala(items).toSeq(),
        child,
        Option.empty());
  }

  /** The SELECT with other columns, grouped by those that are no measures. */
  private LogicalPlan grouped(List<NamedExpression> items, LogicalPlan child) {
    return new Aggregate(
        template("SELECT x").groupingExpressions(),
        CollectionConverters.asScala(items).toSeq(),
        child,
        Option.empty());
  }

  /** Spark's own parser makes the nodes, whose constructors change with every release. */
  private Aggregate template(String select) {
    try {
      return (Aggregate) SparkInternals.parsed(session, select + " FROM silver GROUP BY ALL");
    } catch (ParseException e) {
      throw new IllegalStateException(e);
    }
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
          throw refuse(
              at((Expression) item),
              node instanceof Window ? "A window function" : "It makes several rows of one event",
              node instanceof Window
                  ? "Its value depends on all other rows."
                  : "An event that becomes many rows has no key of its own.",
              node instanceof Window
                  ? "Compute it in a view on top (NAME.view.sql)."
                  : "Add a column to silver by the event contract.");
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
          at((Expression) item),
          "A column without a name",
          "It would be called " + name + ".",
          "Write AS and a name behind it.");
    }
    return named(name, (Expression) item);
  }

  private String named(String name, Expression item) throws MartRefused {
    if (!COLUMN.matcher(name).matches()) {
      throw refuse(
          at(item),
          "'%s' is no name of a column".formatted(name),
          "Postgres's names are written without quotes.",
          "Use small letters, digits and underscores, a letter first, at most 50.");
    }
    if (!names.add(name)) {
      throw refuse(at(item), "Two columns " + name, "Names are unique.", "Name one otherwise.");
    }
    return name;
  }

  // Time.

  private static boolean isWindow(UnresolvedFunction function) {
    String name = String.join(".", CollectionConverters.asJava(function.nameParts()));
    return name.equalsIgnoreCase(WINDOW) || name.equalsIgnoreCase(SESSION_WINDOW);
  }

  private NamedExpression window(
      NamedExpression item, Expression expression, UnresolvedFunction function) throws MartRefused {
    boolean session = function.nameParts().last().equalsIgnoreCase(SESSION_WINDOW);
    String called = session ? SESSION_WINDOW : WINDOW;
    String end =
        expression instanceof UnresolvedExtractValue value
                && value.child() == function
                && value.extraction() instanceof Literal part
            ? String.valueOf(part.value())
            : "";
    if (!(item instanceof Alias alias) || (!end.equals("start") && !end.equals("end"))) {
      throw refuse(
          at(expression),
          called + " without .start or .end",
          "A row is known by the time at which its window starts.",
          "Select %s(...).start AS a name.".formatted(called));
    }
    List<Expression> arguments = CollectionConverters.asJava(function.children());
    if (!(arguments.get(0) instanceof UnresolvedAttribute column)
        || !column.name().equalsIgnoreCase(SilverColumns.EVENT_TIME)) {
      throw refuse(
          at(expression),
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
          at(expression),
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
          at(expression),
          "Windows that do not slide by a part of their length",
          "Windows are %d microseconds long and slide by %d.".formatted(key.size(), key.slide()),
          "Let the length be a multiple of the slide, as in '5 minutes', '1 minute'.");
    }
    divide(key, expression);
    sessionWindow = session ? function : null;
    columns.add(
        new TimeColumn(named(alias.name(), (Expression) item), ValueType.TIME, end.equals("end")));
    return item;
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
          at(argument),
          "%s is no length of a %s".formatted(argument.sql(), called),
          "A length is a text such as '5 minutes', without months.",
          "Write one; for months, date_trunc('month', event_time).");
    }
    return interval.days * DAY + interval.microseconds;
  }

  private void divide(TimeKey key, Expression expression) throws MartRefused {
    if (time.kind() != TimeKey.Kind.NONE && !time.equals(key)) {
      throw refuse(
          at(expression),
          "Two divisions of time",
          "Each would have rows of its own to replace and to remove.",
          "Keep the finer one, and sum it up to the other in a view.");
    }
    time = key;
  }

  /** A calendar unit or a round window, as {@code date_trunc} and casts to dates say it. */
  private Optional<TimeColumn> calendar(String name, Expression value, Expression written)
      throws MartRefused {
    String unit = null;
    ValueType type = ValueType.TIME;
    if (isDay(value)) {
      unit = "day";
      type = ValueType.DAY;
    } else if (value instanceof TruncDate trunc && isDay(trunc.date())) {
      unit = text(trunc.format());
      type = ValueType.DAY;
    } else if (value instanceof TruncTimestamp trunc && isEventTime(trunc.timestamp())) {
      unit = text(trunc.format());
    }
    if (unit == null) {
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
                  at(written),
                  "'%s' is no unit of time".formatted(unit),
                  "Units are second, minute, hour, day, week, month, quarter, year.",
                  "Use one of these.");
        };
    divide(key, written);
    return Optional.of(new TimeColumn(name, type, false));
  }

  private static boolean isDay(Expression value) {
    return (value instanceof Cast cast
            && cast.dataType() instanceof DateType
            && isEventTime(cast.child()))
        || (value instanceof AttributeReference column
            && column.name().equals(SilverColumns.EVENT_DATE));
  }

  private static boolean isEventTime(Expression value) {
    return value instanceof AttributeReference column
        && column.name().equals(SilverColumns.EVENT_TIME);
  }

  private static String text(Expression literal) {
    return literal instanceof Literal text ? String.valueOf(text.value()) : null;
  }

  // Measures.

  private void measure(String name, Expression value, Expression written) throws MartRefused {
    if (value instanceof AggregateExpression aggregate) {
      Output column = one(name, aggregate, written);
      if (column instanceof DistinctColumn && written instanceof UnresolvedFunction function) {
        counted.put(name, function);
      }
      columns.add(column);
      return;
    }
    int[] parts = {0};
    PostgresExpression translation =
        new PostgresExpression(
            aggregate -> {
              Output part = one(name + "__" + ++parts[0], aggregate, written);
              if (!(part instanceof MeasureColumn measured)) {
                throw refuse(
                    at(written),
                    "count(DISTINCT ...) inside an expression",
                    "Its values are counted in a table of their own.",
                    "Select it as a column, and compute with it in a view on top.");
              }
              hidden.add(measured);
              return measured.result();
            },
            node ->
                refuse(
                    at(written),
                    "%s over measures".formatted(node.prettyName()),
                    "Postgres would not compute it as Spark does.",
                    "Select the measures, and compute with them in a view on top (NAME.view.sql)."));
    String sql =
        translation.of(Expressions.tolerant(Expressions.evaluableKeepingAggregates(value)));
    columns.add(new ComputedColumn(name, type(value, written, "value"), sql));
  }

  /** A measure of gold's own, which Spark does not know. */
  private void own(NamedExpression item, UnresolvedFunction function) throws MartRefused {
    if (!(item instanceof Alias alias)) {
      throw refuse(
          at(function),
          "A column without a name",
          "It has none.",
          "Write AS and a name behind it.");
    }
    String name = named(alias.name(), (Expression) item);
    List<Expression> arguments = CollectionConverters.asJava(function.children());
    boolean funnel = MartFunctions.name(function).equals(MartFunctions.FUNNEL);
    List<Expression> all = new ArrayList<>();
    for (Expression argument : funnel ? arguments : arguments.subList(0, 1)) {
      all.add(argument(argument, funnel ? ValueType.BOOLEAN : ValueType.TEXT));
    }
    all.add(argument(column(SilverColumns.EVENT_TIME), ValueType.TIME));
    if (funnel) {
      all.add(argument(column(SilverColumns.EVENT_ID), ValueType.TEXT));
    }
    columns.add(
        new MeasureColumn(
            name,
            funnel ? new Funnel(steps(arguments, function)) : new FirstDistinct(most(arguments)),
            null,
            all));
  }

  private int steps(List<Expression> arguments, UnresolvedFunction function) throws MartRefused {
    if (arguments.size() > Funnel.MOST) {
      throw refuse(
          at(function),
          "A funnel of %d steps".formatted(arguments.size()),
          "At most %d are kept.".formatted(Funnel.MOST),
          "Make two of it.");
    }
    return arguments.size();
  }

  private int most(List<Expression> arguments) throws MartRefused {
    if (arguments.size() == 2
        && arguments.get(1) instanceof Literal literal
        && literal.value() instanceof Integer most
        && most > 0
        && most <= MOST_VALUES) {
      return most;
    }
    throw refuse(
        at(arguments.get(0)),
        "first_distinct without a number of values",
        "They are kept in the row.",
        "Write first_distinct(value, n), with n from 1 to %d.".formatted(MOST_VALUES));
  }

  private Expression column(String name) {
    return unnamed((Expression) template("SELECT " + name).aggregateExpressions().head());
  }

  private Expression argument(Expression argument, ValueType type) throws MartRefused {
    Expression value = unnamed((Expression) resolved(instead(argument, "x", "x")));
    checkScalar(value, argument);
    if (!ValueType.of(value.dataType()).equals(Optional.of(type))) {
      throw refuse(
          at(argument),
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
            (problem, reason, remedy) -> refuse(at(written), problem, reason, remedy))
        .of(name, aggregate, condition);
  }

  // Expressions over one event.

  private void checkScalar(Expression value, Expression written) throws MartRefused {
    for (Expression node : Expressions.nodes(Expressions.evaluable(value))) {
      refuseUnkeepable(node, written);
      boolean evaluable = !(node instanceof Unevaluable) || node instanceof AttributeReference;
      if (!node.deterministic() || !evaluable || MOMENTARY.contains(node.prettyName())) {
        throw refuse(
            at(written),
            "%s is not the same whenever it is asked".formatted(node.prettyName()),
            "A number that depends on when, where or how often it is computed cannot be computed again.",
            "Use silver's columns: event_time, kafka_timestamp and ingested_at are times that stay.");
      }
    }
  }

  private void refuseUnkeepable(Expression node, Expression written) throws MartRefused {
    if (node instanceof PlanExpression) {
      throw refuse(
          at(written),
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
          at(written),
          "A %s of type %s".formatted(role, value.dataType().sql()),
          "Postgres has no such column that could be merged.",
          "Cast it to a text, a number, a time or a truth value.");
    }
    if (role.equals("key") && type.get().kind() == ValueType.Kind.DOUBLE) {
      throw refuse(
          at(written),
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

  /** Where a node, or the first below it that knows, was written. */
  private static Position at(TreeNode<?> node) {
    Origin origin = node.origin();
    if (origin.line().isDefined()) {
      return new Position(number(origin.line(), 1), 1 + number(origin.startPosition(), 0));
    }
    for (Object child : CollectionConverters.asJava(node.children())) {
      Position position = at((TreeNode<?>) child);
      if (!position.equals(Position.START)) {
        return position;
      }
    }
    return Position.START;
  }

  /** The last line on which something of a column was written. */
  private static int lastLine(Expression item) {
    return Expressions.nodes(item).stream()
        .mapToInt(node -> number(node.origin().line(), 0))
        .max()
        .orElse(0);
  }

  private static int line(Option<?> line) {
    return number(line, 1);
  }

  private static int number(Option<?> number, int otherwise) {
    return number.isDefined() ? (Integer) number.get() : otherwise;
  }
}
