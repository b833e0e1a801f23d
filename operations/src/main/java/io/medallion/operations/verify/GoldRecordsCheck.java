package io.medallion.operations.verify;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.read.GoldSnapshot.Definition;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.gold.status.LayerStatusSnapshot.Layer;
import io.medallion.lakehouse.delta.TableState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What gold keeps of itself, compared with what it should be by configuration, files and silver:
 * whoever can change a mart's rows can change these, too.
 */
final class GoldRecordsCheck {
  static final String DEFINITIONS = "gold's marts are those of the settings and files";
  static final String RETENTION = "gold keeps what its settings say";
  static final String STATUS = "gold.layer_status is what the layers' commits say";
  static final String VIEWS = "gold's views are those of their files";

  private final GoldSnapshot image;
  private final DeclaredMarts declared;
  private final Configuration configuration;

  GoldRecordsCheck(GoldSnapshot image, DeclaredMarts declared, Configuration configuration) {
    this.image = image;
    this.declared = declared;
    this.configuration = configuration;
  }

  /** The definition that each mart should have, by name. */
  private Map<String, String> expected() {
    GoldSettings settings = GoldSettings.from(configuration);
    Map<String, String> expected = new TreeMap<>(Marts.of(settings, List.of()).definitions());
    for (MartDefinition mart : declared.definitions()) {
      expected.put(mart.name(), mart.definition(settings));
    }
    return expected;
  }

  /**
   * The definitions by which the marts are to be compared: those that gold has recorded, and where
   * it lacks one of a mart whose table is there, the one that it should have.
   */
  Map<String, Definition> definitions() {
    Map<String, Definition> all = new HashMap<>(image.definitions());
    expected()
        .forEach(
            (mart, text) -> {
              if (isFilled(mart)) {
                all.putIfAbsent(mart, Definition.of(text));
              }
            });
    return all;
  }

  /**
   * Whether gold should have rows of it: all but a user's mart that it has not been started with.
   */
  private boolean isFilled(String mart) {
    return GoldSnapshot.martTables().containsKey(mart)
        || DeclaredMarts.SHIPPED.contains(mart)
        || image.columns().containsKey(mart);
  }

  void marts(Findings findings) {
    List<String> off = new ArrayList<>();
    Map<String, String> expected = expected();
    expected.forEach(
        (mart, wanted) -> {
          Definition found = image.definitions().get(mart);
          if (found == null && isFilled(mart)) {
            off.add(
                "gold.definitions has no row of %s; `gold --rebuild=%1$s` makes it"
                    .formatted(mart));
          } else if (found == null) {
            findings.omit("the mart %s, which gold has not been started with yet", mart);
          } else if (!population(found.text()).equals(population(wanted))) {
            off.add(
                "%s was made with [%s], the settings say [%s]"
                    .formatted(mart, population(found.text()), population(wanted)));
          }
        });
    findings.add("gold", DEFINITIONS, expected.size(), off);
  }

  /** What of a definition comes from settings; another SELECT is told by its table. */
  private static String population(String definition) {
    return definition.replaceAll(" select=\\w+$", "");
  }

  /**
   * A bound that lies further up than the settings put it hides rows that should be there.
   *
   * @param newestMicros the newest event that gold has merged, as silver says; null for none
   */
  void retention(Long newestMicros, Findings findings) {
    List<String> off = new ArrayList<>();
    long newest = newestMicros == null ? 0 : newestMicros;
    long rows = bound(newest, Keys.GOLD_RETENTION, Windows.DAY);
    long sets = Math.max(rows, bound(newest, Keys.GOLD_ACTIVE_USER_SETS_RETENTION, Windows.HOUR));
    compare(off, "retained_from", image.position().retainedFrom(), rows);
    compare(off, "user_sets_retained_from", image.position().userSetsRetainedFrom(), sets);
    findings.add("gold", RETENTION, 2, off);
  }

  private long bound(long newest, ConfigKey<Optional<Duration>> key, long size) {
    long kept = GoldSettings.limit(configuration.get(key));
    return kept == GoldSettings.UNLIMITED ? Long.MIN_VALUE : Windows.start(newest - kept, size);
  }

  private static void compare(List<String> off, String column, Long found, long wanted) {
    if (found != null && found > wanted) {
      off.add(
          "gold.ledger.%s is %s, the settings keep %s; `gold --rebuild` makes what lies between"
              .formatted(
                  column,
                  time(found),
                  wanted == Long.MIN_VALUE ? "everything" : "rows from " + time(wanted) + " on"));
    }
  }

  private static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  /**
   * What the layers had done by the version that gold has merged.
   *
   * @param state silver's as of that version
   */
  void status(TableState state, Findings findings) {
    if (state.isEmpty()) {
      return;
    }
    GoldSnapshot.Position position = image.position();
    Map<String, Layer> found = new HashMap<>();
    image.layerStatus().forEach(layer -> found.put(layer.name(), layer));
    List<String> off = new ArrayList<>();
    for (Layer wanted : LayerStatusSnapshot.told(position.silverVersion(), state).layers()) {
      if (!wanted.equals(found.get(wanted.name()))) {
        off.add("%s, its commits say %s".formatted(found.get(wanted.name()), wanted));
      }
    }
    Layer gold = found.get("gold");
    long counted = position.rows() - position.bots() - position.lateDropped();
    if (gold == null
        || !Long.toString(position.silverVersion()).equals(gold.position())
        || gold.rowsRead() != position.rows()
        || gold.rowsWritten() != counted
        || gold.duplicates() != 0
        || gold.quarantined() != 0
        || !gold.reasons().isEmpty()) {
      off.add(
          "%s, the ledger says version %d, %d rows read, %d written"
              .formatted(gold, position.silverVersion(), position.rows(), counted));
    }
    findings.add("gold", STATUS, 3, off);
  }

  void views(Findings findings) {
    Map<String, String> queries = new LinkedHashMap<>(Migrations.viewQueries());
    Map<String, String> made = image.viewsMade();
    for (SqlFile file : declared.views()) {
      String name = Path.of(file.path()).getFileName().toString();
      String view = name.substring(0, name.indexOf('.'));
      if (file.text().equals(made.get(view))) {
        queries.put(view, file.text());
      } else {
        findings.omit("the view gold.%s, which gold has not made of its file as it is now", view);
      }
    }
    List<String> off = new ArrayList<>();
    image
        .differingViews(queries)
        .forEach((view, problem) -> off.add("gold.%s %s".formatted(view, problem)));
    findings.add("gold", VIEWS, queries.size(), off);
  }
}
