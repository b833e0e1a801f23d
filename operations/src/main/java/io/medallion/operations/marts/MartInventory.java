package io.medallion.operations.marts;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.read.MartCatalog;
import io.medallion.gold.read.MartCatalog.Size;
import io.medallion.gold.read.MartCatalog.Tables;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is declared, next to what Postgres has. */
public final class MartInventory {
  private static final MartCatalog EMPTY =
      new MartCatalog(-1, Map.of(), Map.of(), Map.of(), Set.of(), -1, List.of());

  /** What a mart or view is. */
  public enum Kind {
    /** A SELECT in a file. */
    SELECT,
    /** A class of the program. */
    CLASS,
    /** A view of a user's own. */
    VIEW
  }

  /** What becomes of it. */
  public enum State {
    /** It follows silver. */
    KEPT,
    /** Its rows are being made from silver's history. */
    FILLING,
    /** Gold makes it at its next start. */
    WAITING,
    /** Its file says something that cannot be kept. */
    REFUSED,
    /** It failed over an event, and is set aside until gold's next start. */
    FAILED,
    /** Its file is gone; its rows are as they were. */
    GONE,
    /** A setting leaves it out. */
    OFF
  }

  /**
   * A mart or view.
   *
   * @param name of the table or view
   * @param kind what it is
   * @param state what becomes of it
   * @param file where it is declared; null if it is not, or is a class
   * @param rows in Postgres; null if it has no table
   * @param bytes on disk, indexes and sets of distinct values included; null if it has no table
   * @param silverVersion up to which its rows are; null if that is not known
   * @param refused why, if it is, or has failed
   */
  public record Entry(
      String name,
      Kind kind,
      State state,
      String file,
      Long rows,
      Long bytes,
      Long silverVersion,
      MartRefusal refused) {}

  /** How a file differs from what Postgres has. */
  public enum Change {
    /** There is no such table or view yet. */
    NEW,
    /** The SELECT, an option, or a setting that it depends on is another one. */
    CHANGED,
    /** Only comments are. */
    COMMENTS,
    /** Nothing does. */
    SAME,
    /** There is no such file any more. */
    GONE,
    /** It cannot be kept. */
    REFUSED
  }

  /**
   * A file, and what starting gold would do.
   *
   * @param name of the table or view
   * @param file null if it is gone
   * @param change how it differs
   * @param then what gold does at its next start
   */
  public record Difference(String name, String file, Change change, String then) {}

  private final DeclaredMarts declared;
  private final Configuration configuration;
  private final GoldSettings settings;
  private final MartCatalog catalog;

  private MartInventory(DeclaredMarts declared, Configuration configuration, MartCatalog catalog) {
    this.declared = declared;
    this.configuration = configuration;
    this.settings = GoldSettings.from(configuration);
    this.catalog = catalog;
  }

  /**
   * Reads the files and looks at Postgres.
   *
   * @throws MedallionException if a folder cannot be read, or Postgres does not answer
   */
  public static MartInventory read(Lake lake, Configuration configuration) {
    return new MartInventory(
        DeclaredMarts.load(
            lake.session(), lake.table(TableDefinition.SILVER).schema(), configuration),
        configuration,
        MartCatalog.read(configuration).orElse(EMPTY));
  }

  /** All of them: those that are declared or have been, classes, and views. */
  public List<Entry> entries() {
    Map<String, Size> sizes = MartCatalog.sizes(configuration, existing());
    Map<String, MartRefusal> refused = refused();
    Map<String, MartRefusal> failed =
        catalog.refused().stream()
            .filter(MartRefusal::failed)
            .collect(Collectors.toMap(MartRefusal::file, Function.identity()));
    Map<String, Entry> entries = new TreeMap<>();
    for (MartDefinition mart : declared.definitions()) {
      MartRefusal failure = failed.get(mart.file().path());
      State state = failure == null ? state(mart) : State.FAILED;
      Long version =
          switch (state) {
            case KEPT -> catalog.version();
            case FILLING -> catalog.fillingVersion();
            default -> null;
          };
      add(entries, mart.name(), Kind.SELECT, state, mart.file().path(), sizes, version, failure);
    }
    declared
        .views()
        .forEach(
            view -> {
              MartRefusal problem = refused.get(nameOf(view.path()));
              State state =
                  problem != null
                      ? State.REFUSED
                      : view.text().equals(catalog.views().get(nameOf(view.path())))
                          ? State.KEPT
                          : State.WAITING;
              add(
                  entries,
                  nameOf(view.path()),
                  Kind.VIEW,
                  state,
                  view.path(),
                  sizes,
                  null,
                  problem);
            });
    refused.forEach(
        (name, problem) -> {
          if (!entries.containsKey(name)) {
            Kind kind = isView(problem.file()) ? Kind.VIEW : Kind.SELECT;
            add(entries, name, kind, State.REFUSED, problem.file(), sizes, null, problem);
          }
        });
    for (String name : Marts.tablesOfClasses().keySet()) {
      boolean kept = catalog.definitions().containsKey(name);
      boolean wanted = Marts.of(settings, List.of()).names().contains(name);
      State state = kept ? State.KEPT : wanted ? State.WAITING : State.OFF;
      add(entries, name, Kind.CLASS, state, null, sizes, kept ? catalog.version() : null, null);
    }
    for (String name : catalog.tables().keySet()) {
      if (!entries.containsKey(name)) {
        add(entries, name, Kind.SELECT, State.GONE, null, sizes, null, null);
      }
    }
    for (String name : catalog.views().keySet()) {
      if (!entries.containsKey(name)) {
        add(entries, name, Kind.VIEW, State.GONE, null, sizes, null, null);
      }
    }
    return List.copyOf(entries.values());
  }

  private static void add(
      Map<String, Entry> entries,
      String name,
      Kind kind,
      State state,
      String file,
      Map<String, Size> sizes,
      Long version,
      MartRefusal refused) {
    Size size = sizes.get(name);
    entries.put(
        name,
        new Entry(
            name,
            kind,
            state,
            file,
            size == null ? null : size.rows(),
            size == null ? null : size.bytes(),
            version != null && version < 0 ? null : version,
            refused));
  }

  private Map<String, List<String>> existing() {
    return catalog.tables().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, tables -> tables.getValue().names()));
  }

  private State state(MartDefinition mart) {
    if (mart.definition(settings).equals(catalog.definitions().get(mart.name()))) {
      return State.KEPT;
    }
    return catalog.filling().contains(mart.name()) ? State.FILLING : State.WAITING;
  }

  /** What the files say now, and what Postgres said of views. */
  private Map<String, MartRefusal> refused() {
    Map<String, MartRefusal> refused = new TreeMap<>();
    declared.refused().forEach(mart -> refused.put(nameOf(mart.file()), mart));
    Set<String> views =
        declared.views().stream().map(SqlFile::path).collect(Collectors.toCollection(TreeSet::new));
    for (MartRefusal view : catalog.refused()) {
      if (views.contains(view.file())) {
        refused.put(nameOf(view.file()), view);
      }
    }
    return refused;
  }

  /** Which files differ from what Postgres has. */
  public List<Difference> differences() {
    List<Difference> differences = new ArrayList<>();
    for (Entry entry : entries()) {
      if (entry.kind() != Kind.CLASS) {
        differences.add(difference(entry));
      }
    }
    return differences;
  }

  private Difference difference(Entry entry) {
    Change change = change(entry);
    boolean view = entry.kind() == Kind.VIEW;
    boolean there = view ? catalog.views().containsKey(entry.name()) : entry.rows() != null;
    String then =
        switch (change) {
          case NEW ->
              view
                  ? "makes the view"
                  : catalog.version() < 0
                      ? "makes the table"
                      : "fills a table from silver's history, the others going on";
          case CHANGED ->
              view
                  ? "makes the view again"
                  : "fills a new table from silver's history; readers see the old rows until then";
          case COMMENTS -> "writes the comments";
          case SAME -> "nothing";
          case GONE -> "nothing; it stays as it is until `medallion marts drop`";
          case REFUSED -> there ? "leaves what is there as it is" : "goes on without it";
        };
    return new Difference(entry.name(), entry.file(), change, then);
  }

  private Change change(Entry entry) {
    if (entry.state() == State.REFUSED) {
      return Change.REFUSED;
    }
    if (entry.state() == State.GONE) {
      return Change.GONE;
    }
    if (entry.kind() == Kind.VIEW) {
      boolean there = catalog.views().containsKey(entry.name());
      return entry.state() == State.KEPT ? Change.SAME : there ? Change.CHANGED : Change.NEW;
    }
    Tables tables = catalog.tables().get(entry.name());
    if (tables == null) {
      return Change.NEW;
    }
    if (entry.state() != State.KEPT && catalog.version() >= 0) {
      return Change.CHANGED;
    }
    String text =
        declared.definitions().stream()
            .filter(mart -> mart.name().equals(entry.name()))
            .findFirst()
            .orElseThrow()
            .file()
            .text();
    return text.equals(tables.statement()) ? Change.SAME : Change.COMMENTS;
  }

  private static boolean isView(String file) {
    return file.endsWith(DeclaredMarts.VIEW_ENDING);
  }

  /** The table or view that a file is for. */
  private static String nameOf(String file) {
    String name = file.substring(file.replace('\\', '/').lastIndexOf('/') + 1);
    return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
  }
}
