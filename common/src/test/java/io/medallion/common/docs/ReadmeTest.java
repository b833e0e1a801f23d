package io.medallion.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dreadme.write=true} it writes the settings into README.md. */
class ReadmeTest {
  private static final String BEGIN = "<!-- settings: written by ReadmeTest from Keys -->\n";
  private static final String END = "<!-- end of settings -->";
  private static final Pattern COORDINATES =
      Pattern.compile("[\\w.]+\\.[\\w.]+:[\\w.-]+:(\\d[\\w.]*)");

  @Test
  void theSettingsAreThoseOfTheProgram() throws IOException {
    String readme = Documents.read("README.md");
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    assertThat(readme).contains(BEGIN, END);
    if (Boolean.getBoolean("readme.write")) {
      Files.writeString(
          Documents.root().resolve("README.md"),
          readme.substring(0, begin) + settings() + readme.substring(end));
      return;
    }
    assertThat(readme.substring(begin, end)).isEqualTo(settings());
  }

  @Test
  void packagesHaveTheVersionsOfTheBuild() {
    String pom = Documents.read("pom.xml");
    List<String> versions =
        COORDINATES.matcher(Documents.read("README.md")).results().map(m -> m.group(1)).toList();
    assertThat(versions).isNotEmpty();
    assertThat(versions).allSatisfy(version -> assertThat(pom).contains(">" + version + "<"));
  }

  private static String settings() {
    return "\n| setting | default | meaning |\n|---|---|---|\n"
        + Keys.all().stream().map(ReadmeTest::row).collect(Collectors.joining())
        + "\n";
  }

  private static String row(ConfigKey<?> key) {
    String value = key.defaultText() == null ? "" : "`" + key.defaultText() + "`";
    return "| `%s` | %s | %s |\n"
        .formatted(key.name(), key.secret() ? "secret" : value, key.description());
  }
}
