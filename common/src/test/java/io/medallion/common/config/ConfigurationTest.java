package io.medallion.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration.Entry;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  @TempDir Path folder;

  @Test
  void everyDefaultIsValidAndSaysThatItIsOne() {
    Configuration defaults = Configuration.builder().build();

    assertThat(defaults.shown())
        .isNotEmpty()
        .allSatisfy((name, entry) -> assertThat(entry.origin()).as(name).isEqualTo("default"));
    assertThat(defaults.get(Keys.GOLD_SESSION_GAP)).isEqualTo(Duration.ofMinutes(30));
    assertThat(defaults.get(Keys.KAFKA_TOPICS)).containsExactly("clickstream_events");
    assertThat(defaults.get(Keys.GOLD_RETENTION)).isEmpty();
  }

  @Test
  void everySettingIsTakenFromTheVariableOfItsName() {
    for (ConfigKey<?> key : Keys.all()) {
      String variable = "MEDALLION_" + key.name().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
      String text = key.defaultText() == null ? "7" : key.defaultText();

      assertThat(Configuration.builder().environment(Map.of(variable, text)).build().shown())
          .as(variable)
          .containsEntry(
              key.name(), new Entry(key.secret() ? "(hidden)" : text, "environment " + variable));
    }
  }

  /** Each source once without the stronger ones, whatever the order of the calls. */
  @Test
  void flagsWinOverEnvironmentOverFileOverServicesOverDefaults() throws IOException {
    Path file = Files.writeString(folder.resolve("m.properties"), "metrics.host=file");
    Map<String, String> services = Map.of("metrics.host", "services");
    Map<String, String> environment = Map.of("MEDALLION_METRICS_HOST", "environment");

    assertThat(Configuration.builder().build().get(Keys.METRICS_HOST)).isEqualTo("127.0.0.1");
    assertThat(host(Configuration.builder().services(services, "s"))).isEqualTo("services");
    assertThat(host(Configuration.builder().file(file).services(services, "s"))).isEqualTo("file");
    assertThat(
            host(
                Configuration.builder()
                    .environment(environment)
                    .file(file)
                    .services(services, "s")))
        .isEqualTo("environment");
    assertThat(
            host(
                Configuration.builder()
                    .flag("metrics.host", "flag")
                    .environment(environment)
                    .file(file)
                    .services(services, "s")))
        .isEqualTo("flag");
  }

  @Test
  void aSecretsFileOfAStrongerSourceWinsOverTheSecretOfAWeakerOne() throws IOException {
    Path own = Files.writeString(folder.resolve("own"), "own\n");
    Path file = Files.writeString(folder.resolve("m.properties"), "postgres.password=weak");
    Configuration configuration =
        Configuration.builder()
            .services(Map.of("postgres.password", "weaker"), "s")
            .file(file)
            .flag("postgres.password-file", own.toString())
            .build();

    assertThat(configuration.secret(Keys.POSTGRES_PASSWORD)).contains("own");
    assertThat(configuration.shown()).doesNotContainKey("postgres.password");

    Configuration reverse =
        Configuration.builder()
            .services(Map.of("postgres.password-file", own.toString()), "s")
            .file(file)
            .build();
    assertThat(reverse.secret(Keys.POSTGRES_PASSWORD)).contains("weak");
    assertThat(reverse.shown()).doesNotContainKey("postgres.password-file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lake.path", "kafka.bootstrap-servers", "postgres.url"})
  void runningServicesAreUsedWholeOrNotAtAll(String place) {
    Map<String, String> running =
        Map.of(
            "lake.path", "/theirs",
            "kafka.bootstrap-servers", "theirs:1",
            "postgres.url", "jdbc:postgresql://theirs/x",
            "postgres.password", "theirs");
    String own = place.equals("postgres.url") ? "jdbc:postgresql://own/x" : "own:1";

    Configuration theirs = Configuration.builder().discovered(running, "services of p1").build();
    assertThat(theirs.shown()).containsKeys("lake.path", "postgres.password");
    assertThat(theirs.passedOver()).isEmpty();

    Configuration mine =
        Configuration.builder()
            .discovered(running, "services of p1")
            .environment(Map.of(ConfigKey.environmentName(place), own))
            .build();
    assertThat(mine.shown().values()).extracting(Entry::origin).doesNotContain("services of p1");
    assertThat(mine.shown()).containsKey(place).doesNotContainKey("postgres.password");
    assertThat(mine.passedOver())
        .contains(
            "The services of p1 are not used: %s is set by environment %s."
                .formatted(place, ConfigKey.environmentName(place)));

    Configuration other =
        Configuration.builder()
            .discovered(running, "services of p1")
            .flag("gold.session-gap", "1h")
            .build();
    assertThat(other.secret(Keys.POSTGRES_PASSWORD)).contains("theirs");
  }

  @Test
  void aDurationThatNoClockCountsIsAnErrorOfItsSetting() {
    List<ConfigKey<?>> durations =
        Keys.all().stream().filter(key -> key.type().startsWith("duration")).toList();
    assertThat(durations).contains(Keys.GOLD_SESSION_GAP, Keys.GOLD_ALLOWED_LATENESS);
    for (ConfigKey<?> key : durations) {
      for (String text : List.of("100001d", "2400024h", "8640000000001ms", "9999999999999d")) {
        assertThatThrownBy(() -> Configuration.builder().flag(key.name(), text).build())
            .isInstanceOfSatisfying(
                MedallionException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID_VALUE);
                  assertThat(e.problem()).contains(key.name());
                });
      }
    }
    assertThat(
            Configuration.builder()
                .flag("gold.session-gap", "100000d")
                .build()
                .get(Keys.GOLD_SESSION_GAP)
                .toNanos())
        .isPositive();
  }

  @Test
  void anUnknownSettingIsAnErrorWhereverItStands() throws IOException {
    Path file = Files.writeString(folder.resolve("m.properties"), "lake.pat=/l");

    assertRefused(
        () -> Configuration.builder().flag("lake.pat", "/l"), ErrorCode.CONFIG_UNKNOWN_KEY);
    assertRefused(() -> Configuration.builder().file(file), ErrorCode.CONFIG_UNKNOWN_KEY);
    assertRefused(
        () -> Configuration.builder().environment(Map.of("MEDALLION_LAKE_PAT", "/l")),
        ErrorCode.CONFIG_UNKNOWN_KEY);
    assertThatThrownBy(() -> Configuration.builder().flag("lake.pat", "/l"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.remedy()).startsWith("Did you mean lake.path?"));
  }

  @Test
  void otherPeoplesVariablesAndTheLaunchersAreNoSettings() {
    Map<String, String> variables =
        Map.of("PATH", "/bin", "MEDALLION_HOME", "/m", "MEDALLION_HEAP", "1g");

    assertThat(Configuration.builder().environment(variables).build().shown())
        .isEqualTo(Configuration.builder().build().shown());
  }

  @Test
  void openSettingsAreFoundBelowTheirPrefix() {
    Configuration configuration =
        Configuration.builder()
            .environment(
                Map.of(
                    "MEDALLION_KAFKA_OPTIONS_SECURITY_PROTOCOL", "SSL",
                    "MEDALLION_SILVER_FIELDS_EVENT_ID", "$.id"))
            .flag("kafka.options.client.id", "me")
            .build();

    assertThat(configuration.below("kafka.options."))
        .containsExactly(Map.entry("client.id", "me"), Map.entry("security.protocol", "SSL"));
    assertThat(configuration.below("silver.fields."))
        .containsExactly(Map.entry("event_id", "$.id"));
    assertRefused(
        () -> Configuration.builder().flag("kafka.options.", "x"), ErrorCode.CONFIG_UNKNOWN_KEY);
  }

  @Test
  void aSettingThatNobodyGaveIsMissingAndItsErrorNamesTheWaysToGiveIt() {
    Configuration configuration = Configuration.builder().build();

    assertThat(configuration.find(Keys.LAKE_PATH)).isEmpty();
    assertThatThrownBy(() -> configuration.get(Keys.LAKE_PATH))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_MISSING);
              assertThat(e.remedy()).contains("--lake.path", "MEDALLION_LAKE_PATH", "--config");
            });
  }

  @Test
  void aSecretIsNotTakenFromTheCommandLine() {
    assertRefused(
        () -> Configuration.builder().flag("postgres.password", "hunter2"),
        ErrorCode.CONFIG_SECRET_IN_ARGUMENTS);
    assertRefused(
        () -> Configuration.builder().flag("kafka.options.ssl.key.password", "hunter2"),
        ErrorCode.CONFIG_SECRET_IN_ARGUMENTS);
  }

  @Test
  void aSecretIsGivenItselfOrByAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "from-file\n");
    Configuration byFile =
        Configuration.builder().flag("postgres.password-file", file.toString()).build();
    Configuration direct =
        Configuration.builder().environment(Map.of("MEDALLION_POSTGRES_PASSWORD", "own")).build();

    assertThat(byFile.secret(Keys.POSTGRES_PASSWORD)).contains("from-file");
    assertThat(direct.secret(Keys.POSTGRES_PASSWORD)).contains("own");
    assertThat(Configuration.builder().build().secret(Keys.POSTGRES_PASSWORD)).isEmpty();
  }

  @Test
  void aSecretsFileThatIsNotThereIsAnErrorWithItsName() {
    Configuration configuration =
        Configuration.builder().flag("postgres.password-file", folder + "/none").build();

    assertThatThrownBy(() -> configuration.secret(Keys.POSTGRES_PASSWORD))
        .hasMessageContaining("postgres.password-file names " + folder + "/none");
    assertRefused(
        () -> Configuration.builder().file(folder.resolve("none")),
        ErrorCode.CONFIG_FILE_UNREADABLE);
  }

  @Test
  void secretsAreHiddenFromPeopleAndErrors() {
    Map<String, String> variables =
        Map.of(
            "MEDALLION_POSTGRES_PASSWORD", "hunter2",
            "MEDALLION_KAFKA_OPTIONS_SASL_JAAS_CONFIG", "hunter3",
            "MEDALLION_KAFKA_OPTIONS_CLIENT_ID", "me");

    assertThat(Configuration.builder().environment(variables).build().shown())
        .containsEntry(
            "postgres.password", new Entry("(hidden)", "environment MEDALLION_POSTGRES_PASSWORD"))
        .containsEntry(
            "kafka.options.sasl.jaas.config",
            new Entry("(hidden)", "environment MEDALLION_KAFKA_OPTIONS_SASL_JAAS_CONFIG"))
        .containsEntry(
            "kafka.options.client.id",
            new Entry("me", "environment MEDALLION_KAFKA_OPTIONS_CLIENT_ID"));
    assertThatThrownBy(
            () ->
                Configuration.builder()
                    .environment(Map.of("MEDALLION_POSTGRES_URL", "jdbc:x?password=hunter2"))
                    .build())
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aDemoTakesNothingOfSomebodysEnvironmentBelowItsPrefixes() {
    Configuration configuration =
        Configuration.builder()
            .embedded(List.of("lake.", "postgres."), Map.of("lake.path", "/demo"), "demo")
            .environment(
                Map.of(
                    "MEDALLION_LAKE_PATH", "/production",
                    "MEDALLION_POSTGRES_URL", "jdbc:production",
                    "MEDALLION_METRICS_HOST", "here"))
            .build();

    assertThat(configuration.get(Keys.LAKE_PATH)).isEqualTo("/demo");
    assertThat(configuration.find(Keys.POSTGRES_URL)).isEmpty();
    assertThat(configuration.get(Keys.POSTGRES_USER)).isEqualTo("medallion_writer");
    assertThat(configuration.get(Keys.METRICS_HOST)).isEqualTo("here");
  }

  @Test
  void aDemoRefusesOnTheCommandLineWhatItBringsItself() {
    assertRefused(
        () ->
            Configuration.builder()
                .embedded(List.of("lake."), Map.of("lake.path", "/demo"), "demo")
                .flag("lake.path", "/production")
                .build(),
        ErrorCode.USAGE);
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "90s, PT1M30S",
    "2m, PT2M",
    "1h, PT1H",
    "7d, PT168H",
    "'  3 H ', PT3H",
    "0s, PT0S"
  })
  void aDurationIsANumberWithAUnit(String text, Duration duration) {
    assertThat(
            Configuration.builder()
                .flag("gold.session-gap", text)
                .build()
                .get(Keys.GOLD_SESSION_GAP))
        .isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "m",
        "-5m",
        "1.5h",
        "5 weeks",
        "99999999999999999999s",
        "999999999999999999d"
      })
  void anythingElseIsNoDuration(String text) {
    assertInvalid("gold.session-gap", text);
  }

  @ParameterizedTest
  @CsvSource({"1B, 1", "2 KiB, 2048", "128MiB, 134217728", "1gib, 1073741824"})
  void aSizeIsANumberWithABinaryUnit(String text, long bytes) {
    assertThat(
            Configuration.builder()
                .flag("maintenance.file-size", text)
                .build()
                .get(Keys.MAINTENANCE_FILE_SIZE))
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"128", "128MB", "-1B", "9999999999GiB"})
  void anythingElseIsNoSize(String text) {
    assertInvalid("maintenance.file-size", text);
  }

  @Test
  void aNumberLiesWithinItsBounds() {
    assertInvalid("metrics.port", "0");
    assertThat(port("1")).isEqualTo(1);
    assertThat(port("65_535")).isEqualTo(65_535);
    assertInvalid("metrics.port", "65536");
    assertInvalid("metrics.port", "port");
  }

  @Test
  void aSwitchIsTrueOrFalseAndNothingElse() {
    assertThat(flag("true")).isTrue();
    assertThat(flag("ON")).isTrue();
    assertThat(flag("no")).isFalse();
    assertInvalid("gold.include-bots", "1");
  }

  @Test
  void anInvalidValueIsFoundWhenItIsReadAndNotWhenItIsUsed() {
    assertThatThrownBy(() -> Configuration.builder().flag("gold.session-gap", "soon").build())
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.problem()).isEqualTo("gold.session-gap = soon (from flag) is not valid");
              assertThat(e.reason()).contains("ms, s, m, h, d");
            });
  }

  private static String host(Configuration.Builder builder) {
    return builder.build().get(Keys.METRICS_HOST);
  }

  private static long port(String text) {
    return Configuration.builder().flag("metrics.port", text).build().get(Keys.METRICS_PORT);
  }

  private static boolean flag(String text) {
    return Configuration.builder()
        .flag("gold.include-bots", text)
        .build()
        .get(Keys.GOLD_INCLUDE_BOTS);
  }

  private static void assertInvalid(String name, String text) {
    assertRefused(
        () -> Configuration.builder().flag(name, text).build(), ErrorCode.CONFIG_INVALID_VALUE);
  }

  private static void assertRefused(ThrowingCallable call, ErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
