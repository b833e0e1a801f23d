package io.medallion.e2e.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who may import whom. A module sees only what stands below it: {@code tools -> operations ->
 * bronze | silver | gold -> lakehouse -> common}.
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
              "dashboard"),
          "lakehouse",
          List.of("bronze", "silver", "gold", "operations", "cli", "bench", "demo", "dashboard"),
          "bronze",
          List.of("silver", "gold", "operations", "cli", "bench", "demo", "dashboard"),
          "silver",
          List.of("bronze", "gold", "operations", "cli", "bench", "demo", "dashboard"),
          "gold",
          List.of("bronze", "silver", "operations", "cli", "bench", "demo", "dashboard"),
          "operations",
          List.of("cli", "bench", "demo", "dashboard"),
          "cli",
          List.of("bench"),
          "demo",
          List.of(
              "lakehouse", "bronze", "silver", "gold", "operations", "cli", "bench", "dashboard"));

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
                    .as(module + " sees only what stands below it")
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
                // What the benchmarks compare with is no part of the house.
                root + ".bench.reference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
            .as("only gold speaks JDBC"));
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(root + "..")
            .and()
            .resideOutsideOfPackages(
                // What the benchmarks compare with is no part of the house.
                root + ".silver.enrich.geo..", root + ".bench.reference..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.maxmind..")
            .as("only silver's geo package knows geoip2"));
    rules.add(
        noClasses()
            .that()
            .resideInAPackage(root + ".common..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "io.delta..", "scala..")
            .as("common knows no Spark")
            .allowEmptyShould(true));
    rules.add(slices().matching(root + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true));
    return rules;
  }
}
