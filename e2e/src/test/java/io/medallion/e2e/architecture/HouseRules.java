package io.medallion.e2e.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who may use whom. A module sees only what is below it: {@code tools -> operations -> bronze |
 * silver | gold -> lakehouse -> common}; inside a module a package sees only those listed for it in
 * {@link #ROOMS}; and internal classes of Spark, Delta and Parquet are used only where {@link
 * #INTERNALS} allows it.
 */
final class HouseRules {
  private static final Map<String, List<String>> NOT_SEEN_BY =
      Map.of(
          "common",
          List.of(
              "lakehouse",
              "bronze",
              "silver",
              "gold",
              "operations",
              "cli",
              "bench",
              "demo",
              "dashboard",
              "connect"),
          "lakehouse",
          List.of(
              "bronze",
              "silver",
              "gold",
              "operations",
              "cli",
              "bench",
              "demo",
              "dashboard",
              "connect"),
          "bronze",
          List.of("silver", "gold", "operations", "cli", "bench", "demo", "dashboard", "connect"),
          "silver",
          List.of("bronze", "gold", "operations", "cli", "bench", "demo", "dashboard", "connect"),
          "gold",
          List.of("bronze", "silver", "operations", "cli", "bench", "demo", "dashboard", "connect"),
          "operations",
          List.of("cli", "bench", "demo", "dashboard", "connect"),
          "cli",
          List.of("bench"),
          "demo",
          List.of(
              "lakehouse",
              "bronze",
              "silver",
              "gold",
              "operations",
              "cli",
              "bench",
              "dashboard",
              "connect"),
          "connect",
          List.of("bronze", "silver", "cli", "bench", "demo", "dashboard"));

  /** The packages of each module, lowest first, each with those of its module that it may use. */
  private static final Map<String, Map<String, List<String>>> ROOMS =
      Map.of(
          "common",
          rooms(
              room("error"),
              room("config", "error"),
              room("contract", "config", "error"),
              room("event", "config", "contract", "error")),
          "lakehouse",
          rooms(
              room("schema"),
              room("spark"),
              room("store"),
              room("session", "schema", "spark", "store"),
              room("parquet", "schema", "spark"),
              room("delta", "schema", "spark", "store", "parquet"),
              room("", "schema", "spark", "store", "delta"),
              room("query", "", "schema", "delta", "spark", "store"),
              room("layer", "", "schema", "store", "delta", "session")),
          "silver",
          rooms(
              room("enrich"),
              room("dedup"),
              room("publish"),
              room("source", "dedup"),
              room("parse", "dedup", "enrich", "source"),
              room("replay.diff", "source"),
              room("replay", "dedup", "enrich", "parse", "replay.diff", "source"),
              room("", "dedup", "enrich", "parse", "publish", "source")),
          "gold",
          rooms(
              room("postgres"),
              room("mart", "postgres"),
              room("measure", "mart", "postgres"),
              room("define", "mart", "measure", "postgres"),
              room("status", "postgres"),
              room("catalog"),
              room("source", "mart"),
              room("stage", "mart", "postgres"),
              room("read", "catalog", "mart", "postgres", "status"),
              room("alert", "define", "mart", "postgres"),
              room("merge", "alert", "define", "mart", "postgres", "source", "stage", "status"),
              room("", "alert", "define", "mart", "merge", "source", "stage", "status")),
          "operations",
          rooms(
              room("marts"), room("query"), room("verify"), room("", "marts", "query", "verify")));

  /** Internal packages of libraries, and the only packages of ours that may use them. */
  private static final Map<String, List<String>> INTERNALS =
      Map.of(
          "org.apache.spark.sql.delta..",
          List.of("lakehouse.delta", "lakehouse.query"),
          "io.delta.storage..",
          List.of("lakehouse.store"),
          "io.delta.kernel.internal..",
          List.of("lakehouse.delta"),
          "org.apache.parquet..",
          List.of("lakehouse.parquet", "lakehouse.delta"),
          "org.apache.spark.sql.internal..",
          List.of("lakehouse.spark", "lakehouse.parquet", "operations.query"),
          "org.apache.spark.sql.classic..",
          List.of("lakehouse.spark", "operations.query", "connect"),
          "org.apache.spark.sql.connect..",
          List.of("connect"),
          "org.apache.spark.sql.execution..",
          List.of(
              "lakehouse.spark",
              "lakehouse.parquet",
              "lakehouse.delta",
              "lakehouse.query",
              "silver.replay.diff",
              "gold.catalog",
              "operations.query"),
          "org.apache.spark.sql.catalyst..",
          List.of(
              "lakehouse.spark",
              "lakehouse.parquet",
              "lakehouse.delta",
              "lakehouse.query",
              "bronze",
              "silver.enrich",
              "silver.parse",
              "silver.dedup",
              "silver.replay",
              "silver.replay.diff",
              "gold.mart",
              "gold.measure",
              "gold.define",
              "gold.stage",
              "gold.catalog",
              "operations.query",
              "operations.verify"));

  private HouseRules() {}

  /** Every rule, for the classes below a root package such as {@code io.medallion}. */
  static List<ArchRule> below(String root) {
    List<ArchRule> rules = new ArrayList<>();
    NOT_SEEN_BY.forEach(
        (module, hidden) ->
            rules.add(
                noClasses()
                    .that()
                    .resideInAPackage(root + "." + module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                        hidden.stream().map(h -> root + "." + h + "..").toArray(String[]::new))
                    .as(module + " sees only what is below it")
                    .allowEmptyShould(true)));
    ROOMS.forEach((module, rooms) -> rules.add(layers(root + "." + module, module, rooms)));
    INTERNALS.forEach(
        (internal, users) ->
            rules.add(
                noClasses()
                    .that()
                    .resideInAPackage(root + "..")
                    .and()
                    .resideOutsideOfPackages(
                        Stream.concat(
                                users.stream().map(user -> root + "." + user),
                                // What the benchmarks compare with, and how they do it.
                                Stream.of(root + ".bench.."))
                            .toArray(String[]::new))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(internal)
                    .as("only the allow-list uses " + internal)
                    .allowEmptyShould(true)));
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .and()
            .resideOutsideOfPackages(
                // The embedded server creates its own roles before anyone can speak of gold.
                root + ".gold..",
                root + ".demo.services..",
                root + ".dashboard..",
                // What the benchmarks compare with, and how they do it, is no part of the product.
                root + ".bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
            .as("only gold speaks JDBC"));
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .and()
            .resideOutsideOfPackages(root + ".silver.enrich..", root + ".bench.reference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.maxmind..")
            .as("only silver's enrich package knows geoip2"));
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(root + ".common..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "io.delta..", "scala..")
            .as("common knows no Spark")
            .allowEmptyShould(true));
    rules.add(
        slices()
            .matching(root + ".(**)")
            .should()
            .beFreeOfCycles()
            .as("no cycle between packages")
            .allowEmptyShould(true));
    return rules;
  }

  private static ArchRule layers(
      String module, String name, Map<String, List<String>> accessibleByRoom) {
    LayeredArchitecture layers =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
    for (String room : accessibleByRoom.keySet()) {
      layers = layers.layer(label(room)).definedBy(room.isEmpty() ? module : module + "." + room);
    }
    for (Map.Entry<String, List<String>> room : accessibleByRoom.entrySet()) {
      String[] accessible = room.getValue().stream().map(HouseRules::label).toArray(String[]::new);
      layers =
          accessible.length == 0
              ? layers.whereLayer(label(room.getKey())).mayNotAccessAnyLayer()
              : layers.whereLayer(label(room.getKey())).mayOnlyAccessLayers(accessible);
    }
    return layers.as("the packages of " + name + " are layered").allowEmptyShould(true);
  }

  private static String label(String room) {
    return room.isEmpty() ? "root" : room;
  }

  private static Map.Entry<String, List<String>> room(String name, String... mayUse) {
    return Map.entry(name, List.of(mayUse));
  }

  @SafeVarargs
  private static Map<String, List<String>> rooms(Map.Entry<String, List<String>>... rooms) {
    Map<String, List<String>> ordered = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> room : rooms) {
      ordered.put(room.getKey(), room.getValue());
    }
    return ordered;
  }
}
