package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Arguments;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.Announced;
import io.medallion.operations.Bytes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MedallionTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  @TempDir private Path home;

  @Test
  void withoutACommandItShowsHelp() {
    assertThat(run()).isZero();
    assertThat(out.toString()).startsWith("Usage: medallion COMMAND");
  }

  @Test
  void itTellsItsVersionAndThatOfWhatItRunsOn() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString())
        .startsWith("medallion ")
        .contains("Spark 4.2.0, Delta 4.4.0, Java " + System.getProperty("java.version"));
  }

  @Test
  void theDoctorNamesSettingsThatCannotBeRead() {
    assertThat(run("doctor", "--config", home.resolve("none").toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("Java", "memory", "data", "wrong  settings")
        .matches("(?s).*(One thing is|things are) wrong.\n");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h:5/d, postgresql://h:5/d",
    "jdbc:postgresql://h/d?sslmode=verify-full&ApplicationName=x&sslrootcert=/ca,"
        + " postgresql://h/d?sslmode=verify-full&sslrootcert=/ca",
    "jdbc:postgresql://h/d?socketTimeout=5, postgresql://h/d"
  })
  void psqlIsGivenWhatItKnowsOfAnAddress(String url, String address) {
    assertThat(PsqlCommand.address(url)).isEqualTo(address);
  }

  @Test
  void aFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile() throws Exception {
    Path file = Files.writeString(home.resolve("f.properties"), "lake.path=/f\nkafka.topics=f\n");
    environment.put("MEDALLION_LAKE_PATH", "/e");
    assertThat(run("config", "--json", "--config", file.toString(), "--spark.x", "1")).isZero();
    assertThat(setting("lake.path").get("value").asText()).isEqualTo("/e");
    assertThat(setting("kafka.topics").get("value").asText()).isEqualTo("f");
    assertThat(setting("spark.x").get("value").asText()).isEqualTo("1");

    out.getBuffer().setLength(0);
    assertThat(run("config", "--json", "--lake.path=/flag")).isZero();
    assertThat(setting("lake.path").get("value").asText()).isEqualTo("/flag");
    assertThat(setting("lake.path").get("from").asText()).isEqualTo("flag");
  }

  @Test
  void goldIsMadeAnewWhereThatIsAskedForAndNowhereElse() {
    assertThat(rebuilt("--lake.path=/lake")).isEmpty();
    assertThat(rebuilt("--rebuild")).contains(Set.of());
    assertThat(rebuilt("--rebuild=sessions")).contains(Set.of("sessions"));
    assertThat(rebuilt("--rebuild=sessions", "--rebuild=revenue"))
        .contains(Set.of("sessions", "revenue"));
    assertThat(rebuilt("--rebuild", "sessions", "revenue", "--lake.path=/lake"))
        .contains(Set.of("sessions", "revenue"));
  }

  private Optional<Set<String>> rebuilt(String... line) {
    LayerCommand gold = new LayerCommand(LayerName.GOLD, context());
    gold.commandLine().parseArgs(line);
    return gold.arguments().rebuild();
  }

  @Test
  void aSecretIsHiddenAndRefusedAsAnArgument() {
    environment.put("MEDALLION_POSTGRES_PASSWORD", "s3cret");
    assertThat(run("config")).isZero();
    assertThat(out.toString()).contains("(hidden)").doesNotContain("s3cret");

    assertThat(run("gold", "--postgres.password", "s3cret")).isEqualTo(2);
    assertThat(run("config", "--kafka.options.sasl.jaas.config=s3cret")).isEqualTo(2);
    assertThat(err.toString()).contains("CONFIG_SECRET_IN_ARGUMENTS").doesNotContain("s3cret");
  }

  @Test
  void aPasswordInAnAddressIsRefusedAndNotShown() {
    environment.put("MEDALLION_POSTGRES_URL", "jdbc:postgresql://db/x?ssl=true&password=s3cret");
    assertThat(run("config")).isEqualTo(2);
    assertThat(err.toString()).contains("CONFIG_INVALID_VALUE", "postgres.password");
    assertThat(err.toString() + out).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--lake.path --once", "--config --once", "--spark.x --once", "--once --lake.path"})
  void anOptionIsNoValueOfASettingInFrontOfIt(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    String setting = words.get(0).equals("--once") ? words.get(1) : words.get(0);
    assertThatThrownBy(() -> Arguments.parse(words, Map.of()))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.problem()).isEqualTo(setting + " wants a value"));

    words.add(0, "bronze");
    assertThat(run(words.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(setting + " wants a value");
  }

  @Test
  void servicesOfSomebodyElseAreNotMixedWithOnesOwn() throws Exception {
    Files.createDirectories(context().announcements());
    Announced.in(
        context().announcements(),
        home.resolve("demo"),
        Map.of("postgres.url", "jdbc:postgresql://demo/x", "postgres.password", "s3cret"));
    assertThat(run("config", "--json")).isZero();
    assertThat(setting("postgres.url").get("from").asText()).startsWith("services running as");
    assertThat(setting("postgres.password").get("value").asText()).isEqualTo("(hidden)");
    assertThat(err.toString()).isEmpty();

    out.getBuffer().setLength(0);
    assertThat(run("config", "--json", "--lake.path=/own")).isZero();
    assertThat(setting("postgres.url").get("value").isNull()).isTrue();
    assertThat(setting("postgres.password").get("value").isNull()).isTrue();
    assertThat(err.toString())
        .contains("services running as process")
        .contains("are not used: lake.path is set by flag.");
  }

  /** Each has its announcement; a command takes the only ones, or those that it is told. */
  @Test
  void ofSeveralServicesThoseOfADataFolderAreUsed() throws Exception {
    Files.createDirectories(context().announcements());
    Path demo = home.resolve("demo");
    Path services = home.resolve("services");
    for (Path data : List.of(demo, services)) {
      Announced.in(
          context().announcements(), data, Map.of("lake.path", data.resolve("lake").toString()));
    }
    assertThat(run("config", "--json")).isZero();
    assertThat(setting("lake.path").get("value").isNull()).isTrue();
    assertThat(err.toString()).contains(demo.toString(), services.toString(), "--services=");
    assertThat(run("history", "silver")).isEqualTo(2);
    assertThat(err.toString()).contains("lake.path is not set", "--services=" + demo);

    out.getBuffer().setLength(0);
    assertThat(run("config", "--json", "--services", services.toString())).isZero();
    assertThat(setting("lake.path").get("value").asText())
        .isEqualTo(services.resolve("lake").toString());
    assertThat(setting("lake.path").get("from").asText()).endsWith(" on " + services);

    out.getBuffer().setLength(0);
    environment.put("MEDALLION_SERVICES", demo.toString());
    assertThat(run("config", "--json")).isZero();
    assertThat(setting("lake.path").get("value").asText())
        .isEqualTo(demo.resolve("lake").toString());
    assertThat(run("config", "--services", home.resolve("other").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("No services run on " + home.resolve("other"));
  }

  @Test
  void aMisspeltOptionIsAnErrorThatNamesTheNearestOne() {
    assertThat(run("bronze", "--lake.pat=/x")).isEqualTo(2);
    assertThat(err.toString()).contains("Did you mean --lake.path?").doesNotContain("at io.");
  }

  @Test
  void aProofSinceTheLastOneIsNotOfSomeDays() {
    assertThat(run("verify", "--since-last", "--from", "2026-03-01")).isEqualTo(2);
    assertThat(err.toString()).contains("--since-last is about all event days");
  }

  @Test
  void anUnknownCommandIsAnErrorThatNamesTheNearestOne() {
    assertThat(run("bronce")).isEqualTo(2);
    assertThat(err.toString()).contains("Did you mean bronze?");
  }

  @Test
  void anArgumentThatBeginsWithAnAtSignIsNoFileOfArguments() throws Exception {
    Path file = Files.writeString(home.resolve("words"), "--help");
    assertThat(run("config", "@" + file)).isEqualTo(2);
    assertThat(err.toString()).contains("@" + file);
  }

  @Test
  void aValueThatLooksLikeAnOptionIsTakenBehindDashesAsTheErrorSays() {
    assertThat(run("explain", "page_views", "2026-03-01T10:00:00Z", "-page")).isEqualTo(2);
    assertThat(err.toString()).contains("put -- before the values: medallion explain -- -page.");
    CommandLine.ParseResult parsed =
        Medallion.commandLine(context())
            .parseArgs(
                SettingFlags.joinOpenSettings(
                        List.of("explain", "--limit", "1", "--", "page_views", "--spark.x", "@p"))
                    .toArray(String[]::new))
            .subcommand();
    assertThat(parsed.matchedPositionals())
        .flatExtracting(positional -> positional.stringValues())
        .containsExactly("page_views", "--spark.x", "@p");
  }

  @Test
  void aFieldThatTheContractDoesNotHaveIsRefusedBeforeAnythingIsSent() {
    String broker = "--kafka.bootstrap-servers=127.0.0.1:1";
    assertThat(run("ingest", broker, "--map", "userid=customer", "x.csv")).isEqualTo(2);
    assertThat(err.toString()).contains("Did you mean --map user_id?");
  }

  @Test
  void aRecordsBytesAreWholeInJson() throws Exception {
    byte[] bytes = {(byte) 0xff, 'a'};
    JsonNode json = Json.MAPPER.valueToTree(Bytes.of(bytes));
    assertThat(json.get("length").asInt()).isEqualTo(2);
    assertThat(json.get("utf8").asBoolean()).isFalse();
    assertThat(json.get("text").asText()).isEqualTo("\ufffda");
    assertThat(json.get("hex").asText()).isEqualTo("ff61");
  }

  private JsonNode setting(String name) throws Exception {
    for (JsonNode node : new ObjectMapper().readTree(out.toString())) {
      if (node.get("name").asText().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no setting " + name);
  }

  private int run(String... args) {
    return Medallion.run(context(), args);
  }

  private CommandContext context() {
    return new CommandContext(
        home, environment, new PrintWriter(out, true), new PrintWriter(err, true), false);
  }
}
