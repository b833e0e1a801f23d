package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher gives to Java: here to one that only tells what it was given. */
class LauncherTest {
  private static final Path LAUNCHER =
      Path.of(System.getProperty("basedir", "."), "..", "..", "medallion");

  @TempDir Path home;

  @BeforeEach
  void build() throws IOException {
    Path jdk = Files.createDirectories(home.resolve("jdk/bin"));
    Path java =
        Files.writeString(
            jdk.resolve("java"),
            """
            #!/bin/sh
            if [ "$1" = -XshowSettings:properties ]; then
              echo '    java.version = 17.0.15'
            else
              echo "$SPARK_LOCAL_IP $*"
            fi
            """);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("pom.xml"), "");
    for (String module : List.of("common", "tools/cli")) {
      Files.createDirectories(home.resolve(module).resolve("src/main"));
      Files.writeString(home.resolve(module).resolve("pom.xml"), "");
    }
    Files.createDirectories(home.resolve("sql"));
    Path run = Files.createDirectories(home.resolve("target/medallion/run"));
    Files.writeString(run.resolve("classpath"), "-cp\n\"/run/cli.jar:/lib/spark.jar\"\n");
    Files.writeString(run.resolve("java.options"), "");
    Files.writeString(home.resolve("target/medallion/stamp"), "");
    Files.copy(LAUNCHER, home.resolve("medallion"));
  }

  @Test
  void sparksPageIsForThisMachineAloneUnlessToldOtherwise() throws Exception {
    assertThat(launch(Map.of(), "bronze", "--spark-ui=true"))
        .startsWith("127.0.0.1 ")
        .endsWith("io.medallion.cli.Medallion bronze --spark-ui=true");
    assertThat(launch(Map.of("SPARK_LOCAL_IP", "192.0.2.1"), "bronze")).startsWith("192.0.2.1 ");
  }

  @Test
  void noSettingOfTheEnvironmentBecomesAnArgument() throws Exception {
    assertThat(launch(Map.of("MEDALLION_POSTGRES_PASSWORD", "planted"), "gold"))
        .endsWith("Medallion gold")
        .doesNotContain("planted");
  }

  @Test
  void jarsOfAStoreComeBehindOurs() throws Exception {
    assertThat(launch(Map.of(), "bronze")).contains(" @" + home.toRealPath());
    assertThat(launch(Map.of("MEDALLION_JARS", "/opt/s3/*"), "bronze"))
        .contains(" -cp /run/cli.jar:/lib/spark.jar:/opt/s3/* io.medallion.cli.Medallion bronze");
  }

  private String launch(Map<String, String> environment, String... arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", home.resolve("medallion").toString()).redirectErrorStream(true);
    builder.command().addAll(List.of(arguments));
    builder.environment().remove("SPARK_LOCAL_IP");
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }
}
