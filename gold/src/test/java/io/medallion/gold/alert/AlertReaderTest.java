package io.medallion.gold.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.medallion.common.contract.Place;
import io.medallion.gold.alert.AlertDefinition.Freshness;
import io.medallion.gold.alert.AlertDefinition.Matches;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.alert.AlertDefinition.Quarantine;
import io.medallion.gold.alert.AlertDefinition.Severity;
import io.medallion.gold.alert.AlertDefinition.Side;
import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.alert.AlertDefinition.Unusual;
import io.medallion.gold.alert.AlertDefinition.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertReaderTest {
  private static final Path DOCS = Path.of("../docs");
  private static final String WINDOW = "window: {start: w, length: 1m}";

  private static AlertDefinition read(String yaml) throws AlertRefused {
    return AlertReader.read("a", "a.alert.yaml", yaml);
  }

  @Test
  void everyKeyIsRead() throws AlertRefused {
    AlertDefinition alert =
        read(
            """
            description: much
            severity: critical
            to: [webhook, stdout]
            mart: m
            window: {start: w, length: 10m, every: 90s, reach: 2h}
            key: [site, visitor]
            show: n
            when: n > 3
            """);
    assertThat(alert.description()).isEqualTo("much");
    assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(alert.targets()).containsExactlyInAnyOrder(Target.WEBHOOK, Target.STDOUT);
    assertThat(alert.condition())
        .isEqualTo(
            new OverMart(
                "m",
                new Window(
                    "w", Duration.ofMinutes(10), Duration.ofSeconds(90), Duration.ofHours(2)),
                List.of("site", "visitor"),
                List.of("n"),
                new Matches("n > 3", new Place(8, 7), false)));
    assertThat(
            read("mart: m\n%s\nunusual: {number: n, weeks: 5, score: 4, least: 2, side: below}"
                    .formatted(WINDOW))
                .condition())
        .extracting(condition -> ((OverMart) condition).test())
        .isEqualTo(new Unusual("n", 5, new BigDecimal(4), new BigDecimal(2), Side.BELOW));
    assertThat(read("freshness: {behind: 5m}").condition())
        .isEqualTo(new Freshness(Duration.ofMinutes(5)));
    assertThat(read("quarantine: {reason: known, share: 0.05, within: 1h, least: 7}").condition())
        .isEqualTo(new Quarantine("known", new BigDecimal("0.05"), Duration.ofHours(1), 7));
  }

  @Test
  void whatIsLeftOutIsAsTheDocumentSays() throws AlertRefused {
    AlertDefinition alert = read("mart: m\n%s\nwhen: true".formatted(WINDOW));
    assertThat(alert.severity()).isEqualTo(Severity.WARNING);
    assertThat(alert.targets()).isEmpty();
    OverMart over = (OverMart) alert.condition();
    assertThat(over.key()).isEmpty();
    assertThat(over.window())
        .isEqualTo(new Window("w", Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO));
    assertThat(read("mart: m\n%s\nunusual: {number: n}".formatted(WINDOW)).condition())
        .extracting(condition -> ((OverMart) condition).test())
        .isEqualTo(new Unusual("n", 4, new BigDecimal("3.5"), BigDecimal.ONE, Side.BOTH));
    assertThat(read("quarantine: {share: 0.05}").condition())
        .isEqualTo(new Quarantine(null, new BigDecimal("0.05"), Duration.ofMinutes(10), 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mart: m|1:1|it is not known when a window is complete",
        "mart: m\\nwindow: {start: w}\\nwhen: true|2:1|window lacks length; give one, such as `length: 1m`",
        "mart: m\\nwindow: {start: w, length: soon}\\nwhen: true|2:28|'soon' is no duration",
        "mart: m\\nwindow: {start: w, length: 1m, ever: 1m}\\nwhen: true|2:32|'ever' is not a key of a window; did you mean every?",
        "mart: m\\nwindow: {start: w, length: 1m}|1:1|give one, such as `when: views > 1000`",
        "mart: m\\nwindow: {start: w, length: 1m}\\nwhen: true\\nunusual: {number: n}|4:1|remove one of them",
        "mart: M x\\nwindow: {start: w, length: 1m}\\nwhen: true|1:7|'M x' is no name of a column or table",
        "mart: m\\nwindow: {start: w, length: 1m}\\nwhen: true\\nwhom: a|4:1|'whom' is not a key of an alert",
        "mart: m\\nwindow: {start: w, length: 1m}\\nwhen: true\\nto: [webhok]|4:6|did you mean webhook?",
        "mart: m\\nwindow: {start: w, length: 1m}\\nwhen: true\\nseverity: high|4:11|'high' is no severity",
        "mart: m\\nwindow: {start: w, length: 1m}\\nunusual: {number: n, weeks: 2}|3:29|weeks is a whole number from 3 to 12",
        "mart: m\\nwindow: {start: w, length: 1m}\\nshow: n\\nunusual: {number: n}|3:1|remove show",
        "mart: m\\nwindow: {start: w, length: 1h, every: 1h}\\nunusual: {number: n}|2:32|remove it",
        "freshness: {behind: 5m}\\nwhen: true|2:1|when is about a mart",
        "freshness: {behind: 5m}\\nquarantine: {share: 0.1}|2:1|an alert is about one of",
        "freshness: {}|1:1|freshness lacks behind",
        "quarantine: {share: 5}|1:21|a share is less than 1",
        "{}|1:1|an alert is about one of mart, freshness and quarantine",
        "mart: [|1:8|not YAML",
      })
  void whatIsWrongIsNamedByItsPlaceWithWhatWouldBeRight(String yaml, String at, String wrong) {
    AlertRefused refused =
        catchThrowableOfType(AlertRefused.class, () -> read(yaml.replace("\\n", "\n")));
    assertThat(refused).isNotNull();
    assertThat(refused.refusals())
        .anySatisfy(
            problem -> {
              assertThat(problem.line() + ":" + problem.column()).isEqualTo(at);
              assertThat(problem.problem()).contains(wrong);
              assertThat(problem.file()).isEqualTo("a.alert.yaml");
            });
  }

  @Test
  void allThatIsWrongIsFoundAtOnce() {
    AlertRefused refused =
        catchThrowableOfType(
            AlertRefused.class,
            () -> read("mart: m\nwindow: {start: w, length: soon}\nwhen: true\nseverity: high"));
    assertThat(refused.refusals()).hasSize(2);
  }

  @Test
  void editorsAndTheReaderAgreeOnTheExamples() throws IOException, AlertRefused {
    int examples = 0;
    try (Stream<Path> files = Files.list(DOCS.resolve("alerts"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(AlertFiles.ENDING)).toList()) {
        String yaml = Files.readString(file);
        read(yaml);
        assertThat(schema().validate(yaml, InputFormat.YAML)).as(file.toString()).isEmpty();
        examples++;
      }
    }
    assertThat(examples).isGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mart: m",
        "{mart: m, window: {start: w}, when: true}",
        "{mart: m, window: {start: w, length: soon}, when: true}",
        "{mart: m, window: {start: w, length: 1m, ever: 1m}, when: true}",
        "{mart: m, window: {start: w, length: 1m}}",
        "{mart: m, window: {start: w, length: 1m}, when: true, unusual: {number: n}}",
        "{mart: M x, window: {start: w, length: 1m}, when: true}",
        "{mart: m, window: {start: w, length: 1m}, when: true, whom: a}",
        "{mart: m, window: {start: w, length: 1m}, when: true, to: [webhok]}",
        "{mart: m, window: {start: w, length: 1m}, when: true, severity: high}",
        "{mart: m, window: {start: w, length: 1m}, unusual: {number: n, weeks: 2}}",
        "{mart: m, window: {start: w, length: 1m}, show: n, unusual: {number: n}}",
        "{mart: m, window: {start: w, length: 1m, every: 1m}, unusual: {number: n}}",
        "{freshness: {behind: 5m}, when: true}",
        "{freshness: {behind: 5m}, quarantine: {share: 0.1}}",
        "freshness: {}",
        "quarantine: {share: 5}",
        "{}",
      })
  void editorsAndTheReaderAgreeOnWhatIsWrong(String yaml) throws IOException {
    assertThat(catchThrowableOfType(AlertRefused.class, () -> read(yaml))).isNotNull();
    assertThat(schema().validate(yaml, InputFormat.YAML)).isNotEmpty();
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(DOCS.resolve("alert.schema.json")));
  }
}
