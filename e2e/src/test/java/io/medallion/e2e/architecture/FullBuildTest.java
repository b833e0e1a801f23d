package io.medallion.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What only the full build tests is listed for contributors, by name. */
class FullBuildTest {
  private static final Path HOUSE = Path.of("..");
  private static final Path PAGE = HOUSE.resolve("CONTRIBUTING.md");
  private static final String TAG = "@Tag(\"full\")";
  private static final Pattern CLASS = Pattern.compile("^(?:abstract |final )?class (\\w+)");
  private static final Pattern METHOD = Pattern.compile("^  void (\\w+)\\(");
  private static final Pattern LISTED = Pattern.compile("^\\| `(\\w+)` \\| (.+) \\|$");

  @Test
  void everyTestOfTheFullBuildIsListedAndNoOther() throws IOException {
    Map<String, String> tagged = new TreeMap<>();
    try (Stream<Path> files = Files.walk(HOUSE)) {
      for (Path file : files.filter(FullBuildTest::isTest).toList()) {
        tagged.putAll(taggedIn(Files.readAllLines(file)));
      }
    }
    Map<String, String> listed = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = LISTED.matcher(line);
      if (row.matches()) {
        listed.put(row.group(1), row.group(2));
      }
    }
    if (Boolean.getBoolean("readme.write")) {
      write(tagged);
      return;
    }
    assertThat(listed).as("-Dreadme.write=true writes it").isEqualTo(tagged).hasSizeGreaterThan(9);
  }

  private static boolean isTest(Path file) {
    String path = file.toString();
    return path.endsWith("IT.java") && path.contains("/src/test/") && !path.contains("/target/");
  }

  /** By class the names of its tagged tests, or that all are. */
  private static Map<String, String> taggedIn(List<String> lines) {
    TreeSet<String> names = new TreeSet<>();
    String name = null;
    boolean isTagged = false;
    for (String line : lines) {
      isTagged |= line.strip().equals(TAG);
      Matcher declared = CLASS.matcher(line);
      if (name == null && declared.find()) {
        name = declared.group(1);
        if (isTagged) {
          return Map.of(name, "all");
        }
      }
      Matcher method = METHOD.matcher(line);
      if (method.find()) {
        if (isTagged) {
          names.add("`" + method.group(1) + "`");
        }
        isTagged = false;
      }
    }
    return names.isEmpty() ? Map.of() : Map.of(name, String.join(", ", names));
  }

  private static void write(Map<String, String> tagged) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(PAGE));
      int first = lines.indexOf("| class | tests |") + 2;
      while (first < lines.size() && LISTED.matcher(lines.get(first)).matches()) {
        lines.remove(first);
      }
      List<String> rows =
          tagged.entrySet().stream()
              .map(e -> "| `%s` | %s |".formatted(e.getKey(), e.getValue()))
              .toList();
      lines.addAll(first, rows);
      Files.write(PAGE, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
