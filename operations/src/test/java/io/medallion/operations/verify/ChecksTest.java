package io.medallion.operations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.mart.Rollup;
import io.medallion.gold.read.GoldSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What gold holds and nobody verifies fails the build. */
class ChecksTest {
  /** What gold and the layers keep of themselves. */
  private static final Set<String> OF_THEMSELVES =
      Set.of(
          "ledger",
          "definitions",
          "marts",
          "schema_versions",
          "layer_status",
          "observed_layer_status");

  private static final Pattern VIEW =
      Pattern.compile("CREATE OR REPLACE VIEW gold\\.(\\w+) WITH \\(.*?\\) AS");
  private static final Pattern READ = Pattern.compile("(?:FROM|JOIN)\\s+gold\\.(\\w+)");

  @Test
  void everyTableOfEveryMartThatIsAClassHasACheckOfItsMart() {
    Map<String, Set<String>> checked =
        MartTable.ALL.stream()
            .collect(
                Collectors.groupingBy(
                    MartTable::mart,
                    TreeMap::new,
                    Collectors.mapping(MartTable::name, Collectors.toSet())));
    Map<String, Set<String>> tables = new TreeMap<>();
    GoldSnapshot.martTables().forEach((mart, names) -> tables.put(mart, Set.copyOf(names)));

    assertThat(checked).isEqualTo(tables);
  }

  @Test
  void everyCheckHasItsQuery() {
    assertThat(MartTable.ALL)
        .allSatisfy(table -> assertThat(SqlResource.of(table.name())).isNotBlank());
  }

  @Test
  void everyViewReadsOnlyWhatIsChecked() throws IOException {
    Map<String, Set<String>> views = views();
    Set<String> known =
        MartTable.ALL.stream().map(MartTable::name).collect(Collectors.toCollection(TreeSet::new));
    known.addAll(DeclaredMarts.SHIPPED);
    known.addAll(OF_THEMSELVES);
    Rollup.ALL.forEach(rollup -> known.add(rollup.name()));
    known.addAll(views.keySet());

    assertThat(views).hasSizeGreaterThan(15);
    assertThat(views).allSatisfy((view, read) -> assertThat(known).as(view).containsAll(read));
    assertThat(views.values()).noneMatch(Set::isEmpty);
  }

  /** What each view reads, from the files that make them. */
  private static Map<String, Set<String>> views() throws IOException {
    Path folder = Path.of(System.getProperty("basedir", "."), "..", "sql", "views");
    Map<String, Set<String>> views = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        for (String statement : List.of(Files.readString(file).split(";\\s*\n"))) {
          Matcher view = VIEW.matcher(statement);
          if (view.find()) {
            Set<String> read = new HashSet<>();
            READ.matcher(statement).results().forEach(match -> read.add(match.group(1)));
            views.put(view.group(1), read);
          }
        }
      }
    }
    return views;
  }
}
