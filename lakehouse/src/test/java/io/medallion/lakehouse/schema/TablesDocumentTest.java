package io.medallion.lakehouse.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.contract.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dreadme.write=true} it writes what follows from the event contract. */
class TablesDocumentTest {
  private static final Path PAGE = Path.of("../docs/tables.md");
  private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");
  private static final String BEGIN =
      "<!-- columns of an event: written by TablesDocumentTest -->\n";
  private static final String END = "<!-- end of columns of an event -->";

  @Test
  void whatAnEventSaysIsToldByItsContract() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(page).contains(BEGIN, END);
    String written =
        page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
            + Contract.own().columns().stream()
                .map(c -> "| `%s` | %s | %s |\n".formatted(c.name(), c.type(), c.stored()))
                .collect(Collectors.joining("", "| column | type | meaning |\n|---|---|---|\n", ""))
            + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("readme.write")) {
      Files.writeString(PAGE, written);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(written);
  }

  @Test
  void bronzesColumnsAreDocumented() throws IOException {
    assertThat(documented(TableDefinition.BRONZE)).isEqualTo(columns(TableDefinition.BRONZE));
  }

  @Test
  void silversColumnsAreDocumented() throws IOException {
    assertThat(documented(TableDefinition.SILVER)).isEqualTo(columns(TableDefinition.SILVER));
  }

  @Test
  void quarantinesColumnsAreThoseOfBronzeAndWhatIsDocumented() throws IOException {
    Set<String> expected = documented(TableDefinition.BRONZE);
    expected.addAll(documented(TableDefinition.QUARANTINE));
    assertThat(expected).isEqualTo(columns(TableDefinition.QUARANTINE));
  }

  private static Set<String> columns(TableDefinition table) {
    return new TreeSet<>(List.of(table.schema().fieldNames()));
  }

  /** The names in the first column of the table below the heading that bears the path. */
  private static Set<String> documented(TableDefinition table) throws IOException {
    String section = section("`" + table.path() + "`");
    Set<String> names = new TreeSet<>();
    for (String line : section.lines().filter(l -> l.startsWith("| `")).toList()) {
      NAME.matcher(line.substring(0, line.indexOf('|', 1)))
          .results()
          .forEach(match -> names.add(match.group(1)));
    }
    return names;
  }

  private static String section(String heading) throws IOException {
    for (String section : Files.readString(PAGE).split("(?m)^## ", -1)) {
      if (section.lines().findFirst().orElse("").endsWith(heading)) {
        return section;
      }
    }
    throw new AssertionError("docs/tables.md has no section " + heading);
  }
}
