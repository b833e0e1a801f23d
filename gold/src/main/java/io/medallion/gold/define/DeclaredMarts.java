package io.medallion.gold.define;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.SqlFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The marts that files declare: those that are shipped, and those of the folders of {@code
 * gold.marts}.
 *
 * @param definitions of those that can be kept
 * @param refused why the others cannot, or were set aside
 * @param views the files of views on top of a user's marts, in the order of their names
 */
public record DeclaredMarts(
    List<MartDefinition> definitions, List<MartRefusal> refused, List<SqlFile> views) {
  private static final Logger LOG = LoggerFactory.getLogger(DeclaredMarts.class);

  /** Those in {@code sql/marts}. */
  public static final List<String> SHIPPED =
      List.of(
          "page_views",
          "active_users",
          "event_counts",
          "revenue",
          "sessions",
          "daily_users",
          "visitor_countries",
          "lateness",
          "crawlers");

  /** Those in {@code sql/marts/optional}, and the view on top of each. */
  private static final Map<String, String> OPTIONAL =
      Map.of(
          "session_paths", "page_transitions_by_day",
          "session_funnels", "funnel_steps_by_day",
          "distinct_orders", "order_revenue");

  private static final String OPTIONAL_FOLDER = "marts/optional/";
  private static final String ENDING = ".sql";

  /** What the name of a file of a view ends with. */
  public static final String VIEW_ENDING = ".view.sql";

  /** Names of gold's own tables, which no file may take. */
  private static final Set<String> TAKEN =
      Set.of(
          "ledger",
          "definitions",
          "marts",
          "mart_views",
          "refused_marts",
          "alerts",
          "alert_state",
          "alert_messages",
          "quarantine_samples",
          "layer_status",
          "observed_layer_status",
          "schema_versions",
          "identities",
          "identity_days",
          "session_hours",
          "new_users",
          "period_users",
          "silver_days",
          "country_changes",
          "user_events");

  /**
   * Reads all of them.
   *
   * @param session any; the marts are analysed in one of their own
   * @param silver the schema of silver's table
   * @throws MedallionException if a folder cannot be read
   */
  public static DeclaredMarts load(
      SparkSession session, StructType silver, Configuration configuration) {
    return load(
        session,
        silver,
        configuration.get(Keys.GOLD_OPTIONAL_MARTS),
        configuration.get(Keys.GOLD_MARTS),
        GoldSettings.from(configuration));
  }

  /**
   * The same of some optional ones and some folders.
   *
   * @param settings whether who a visitor is may change, and how far apart sessions are
   */
  public static DeclaredMarts load(
      SparkSession session,
      StructType silver,
      List<String> optional,
      List<Path> folders,
      GoldSettings settings) {
    SparkSession own = MartAnalyzer.session(session, silver);
    List<MartDefinition> definitions = new ArrayList<>();
    List<MartRefusal> refused = new ArrayList<>();
    List<SqlFile> views = new ArrayList<>();
    Set<String> names = new HashSet<>(TAKEN);
    names.addAll(Migrations.viewNames());
    for (String name : SHIPPED) {
      SqlFile file = SqlFile.of("marts/" + name);
      String path = "sql/marts/" + name + ENDING;
      add(own, name, path, file.text(), settings, names, definitions, refused);
    }
    for (String name : optional.stream().filter(name -> !name.isBlank()).distinct().toList()) {
      String view = OPTIONAL.get(name);
      if (view == null) {
        throw unknown(name);
      }
      SqlFile file = SqlFile.of(OPTIONAL_FOLDER + name);
      String mart = "sql/" + file.path() + ENDING;
      add(own, name, mart, file.text(), settings, names, definitions, refused);
      names.add(view);
      String path = OPTIONAL_FOLDER + view + ".view";
      views.add(new SqlFile("sql/" + path + ENDING, SqlFile.of(path).text()));
    }
    for (Path folder : folders) {
      for (Path file : files(folder)) {
        try {
          String name = file.getFileName().toString();
          if (name.endsWith(VIEW_ENDING)) {
            views.add(view(name.substring(0, name.length() - VIEW_ENDING.length()), file, names));
          } else {
            add(
                own,
                name.substring(0, name.length() - ENDING.length()),
                file.toString(),
                text(file),
                settings,
                names,
                definitions,
                refused);
          }
        } catch (MartRefused e) {
          refused.add(e.refusal());
        }
      }
    }
    return new DeclaredMarts(List.copyOf(definitions), List.copyOf(refused), List.copyOf(views));
  }

  /**
   * Why a mart is set aside that could be kept until now.
   *
   * @param reason what failed, over which event
   */
  public static MartRefusal failure(MartDefinition mart, String reason) {
    return new MartRefusal(
        mart.file().path(),
        1,
        1,
        "The mart %s failed".formatted(mart.name()),
        reason,
        "Mend the SELECT, as by a WHERE that leaves such events out; gold fills the table from"
            + " silver's history at its next start.",
        true);
  }

  /**
   * The same without marts that have failed, which are among those refused then.
   *
   * @param failed as {@link #failure} has them
   */
  public DeclaredMarts without(Collection<MartRefusal> failed) {
    Map<String, MartRefusal> byFile =
        failed.stream().collect(Collectors.toMap(MartRefusal::file, Function.identity()));
    return new DeclaredMarts(
        definitions.stream().filter(mart -> !byFile.containsKey(mart.file().path())).toList(),
        Stream.concat(
                refused.stream(),
                definitions.stream()
                    .map(mart -> byFile.get(mart.file().path()))
                    .filter(Objects::nonNull))
            .toList(),
        views);
  }

  /**
   * Says which marts cannot be kept.
   *
   * @param strict whether gold is not to start with such a mart
   * @throws MedallionException if it is not
   */
  public void requireKept(boolean strict) {
    for (MartRefusal mart : refused) {
      LOG.warn("A mart is not kept: {}", mart);
      if (strict) {
        throw new MedallionException(
            mart.failed() ? ErrorCode.MART_FAILED : ErrorCode.MART_REFUSED,
            "%s, line %d, column %d: %s"
                .formatted(mart.file(), mart.line(), mart.column(), mart.problem()),
            mart.reason(),
            mart.remedy());
      }
    }
  }

  /**
   * Reads one file by itself.
   *
   * @param settings whether who a visitor is may change, and how far apart sessions are
   * @throws MartRefused if it cannot be kept, or read
   */
  public static MartDefinition read(
      SparkSession session, StructType silver, Path file, GoldSettings settings)
      throws MartRefused {
    String name = file.getFileName().toString();
    MartDefinition definition =
        MartAnalyzer.analyse(
            MartAnalyzer.session(session, silver),
            MartFile.of(
                name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name,
                file.toString(),
                text(file)),
            settings.sessionGapMicros());
    if (settings.stitching().on()) {
      VisitorUse.requireMovable(definition);
    }
    return definition;
  }

  /** Whether gold, or what is shipped with it, has a table or view of this name. */
  public static boolean isTaken(String name) {
    return SHIPPED.contains(name)
        || OPTIONAL.containsKey(name)
        || OPTIONAL.containsValue(name)
        || TAKEN.contains(name)
        || Migrations.viewNames().contains(name);
  }

  private static SqlFile view(String name, Path file, Set<String> names) throws MartRefused {
    // The same names as those of marts.
    MartFile.of(name, file.toString(), "");
    requireFree(name, file.toString(), names);
    return new SqlFile(file.toString(), text(file));
  }

  private static void requireFree(String name, String path, Set<String> names) throws MartRefused {
    if (!names.add(name)) {
      throw new MartRefused(
          path,
          MartRefused.Position.START,
          "There is a gold.%s already".formatted(name),
          "Another file, or gold itself, has a table or view of this name.",
          "Name the file otherwise.");
    }
  }

  private static void add(
      SparkSession session,
      String name,
      String path,
      String text,
      GoldSettings settings,
      Set<String> names,
      List<MartDefinition> definitions,
      List<MartRefusal> refused) {
    try {
      MartDefinition definition =
          MartAnalyzer.analyse(session, MartFile.of(name, path, text), settings.sessionGapMicros());
      if (settings.stitching().on()) {
        VisitorUse.requireMovable(definition);
      }
      requireFree(name, path, names);
      definitions.add(definition);
    } catch (MartRefused e) {
      refused.add(e.refusal());
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static String text(Path file) throws MartRefused {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new MartRefused(
          file.toString(),
          MartRefused.Position.START,
          "The file cannot be read",
          "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()),
          "Check who may read it, and that it is UTF-8.");
    }
  }

  private static MedallionException unknown(String name) {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "gold.optional-marts names '%s'".formatted(name),
        "No mart of this name is shipped.",
        "Name some of %s; marts of your own are files in the folders of gold.marts."
            .formatted(String.join(", ", new TreeSet<>(OPTIONAL.keySet()))));
  }

  private static MedallionException unreadable(Path path, IOException e) {
    return new MedallionException(
        ErrorCode.MART_UNREADABLE,
        "%s cannot be read".formatted(path),
        "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()),
        "Check gold.marts, which names folders of files NAME.sql.",
        e);
  }

  /**
   * The relations that they are kept in.
   *
   * @param schema where their tables are
   */
  public static List<Mart> relations(List<MartDefinition> definitions, String schema) {
    List<Mart> relations = new ArrayList<>();
    for (MartDefinition definition : definitions) {
      MartTable table = new MartTable(definition, schema);
      relations.add(
          definition.time().kind() == TimeKey.Kind.SESSION
              ? new DeclaredSessions(table)
              : new DeclaredMart(table));
      definition.distincts().forEach(column -> relations.add(new DistinctSets(table, column)));
    }
    return relations;
  }
}
