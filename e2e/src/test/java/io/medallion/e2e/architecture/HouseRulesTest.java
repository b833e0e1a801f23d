package io.medallion.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HouseRulesTest {
  private static final String PLANTED = "io.medallion.e2e.architecture.planted";
  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.medallion");
  private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(PLANTED);

  static List<ArchRule> rules() {
    return HouseRules.below("io.medallion");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theProgramKeepsEveryRule(ArchRule rule) {
    rule.check(PROGRAM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "common",
        "lakehouse",
        "bronze",
        "silver",
        "gold",
        "operations",
        "demo",
        "dashboard",
        "connect",
        "cli",
        "bench"
      })
  void everyModuleWasLookedAt(String module) {
    assertThat(PROGRAM).anyMatch(c -> c.getPackageName().startsWith("io.medallion." + module));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bronze sees only what is below it",
        "common sees only what is below it",
        "demo sees only what is below it",
        "only gold speaks JDBC",
        "only silver's enrich package knows geoip2",
        "common knows no Spark"
      })
  void aPlantedViolationIsFound(String rule) {
    assertThat(HouseRules.below(PLANTED))
        .filteredOn(r -> r.getDescription().equals(rule))
        .singleElement()
        .satisfies(r -> assertThat(r.evaluate(VIOLATIONS).hasViolation()).isTrue());
  }

  @Test
  void aPlantedCycleIsFound() {
    ArchRule cycles = HouseRules.below(PLANTED).get(HouseRules.below(PLANTED).size() - 1);
    assertThat(cycles.evaluate(VIOLATIONS).hasViolation()).isTrue();
  }
}
