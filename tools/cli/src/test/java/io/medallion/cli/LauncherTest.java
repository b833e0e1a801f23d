package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launchers give to Java: here to one that only tells what it was given. */
class LauncherTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..", "..");

  @TempDir Path home;
  private Path installed;

  @BeforeEach
  void install() throws IOException {
    java("jdk", "17.0.15");
    installed = Files.createDirectories(home.resolve("checkout/target/medallion/run"));
    for (String folder : List.of("bin", "lib/demo", "lib/connect", "lib/bench")) {
      Files.createDirectories(installed.resolve(folder));
    }
    Files.writeString(installed.resolve("java.options"), "");
    Files.writeString(installed.resolve("help.txt"), "Usage: medallion\n");
    Files.copy(ROOT.resolve("deploy/bin/medallion"), installed.resolve("bin/medallion"));
    installed = installed.toRealPath();
  }

  /** A folder of Java whose program only tells what it was given. */
  private void java(String folder, String version) throws IOException {
    Path java =
        Files.writeString(
            Files.createDirectories(home.resolve(folder).resolve("bin")).resolve("java"),
            """
            #!/bin/sh
            for option in "$@"; do
              case $option in
                -XX:ArchiveClassesAtExit=*) echo archive > "${option#*=}" ;;
              esac
            done
            if [ "$1" = -XshowSettings:properties ]; then
              echo '    java.version = %s'
            else
              echo "$SPARK_LOCAL_IP $*"
            fi
            """
                .formatted(version));
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void sparksPageIsForThisMachineAloneUnlessToldOtherwise() throws Exception {
    assertThat(launch(Map.of(), "bronze", "--spark.ui.enabled=true"))
        .startsWith("127.0.0.1 ")
        .endsWith("io.medallion.cli.Medallion bronze --spark.ui.enabled=true");
    assertThat(launch(Map.of("SPARK_LOCAL_IP", "192.0.2.1"), "bronze")).startsWith("192.0.2.1 ");
  }

  @Test
  void noSettingOfTheEnvironmentBecomesAnArgument() throws Exception {
    assertThat(launch(Map.of("MEDALLION_POSTGRES_PASSWORD", "planted"), "gold"))
        .endsWith("Medallion gold")
        .doesNotContain("planted");
  }

  @Test
  void anOperatorsCommandsRunWithNeitherServersNorBenchmarks() throws Exception {
    for (String command : List.of("bronze", "status", "simulate", "ingest", "verify", "query")) {
      assertThat(classPath(launch(Map.of(), command))).containsExactly("lib/*");
    }
    assertThat(classPath(launch(Map.of(), "connect"))).containsExactly("lib/*", "lib/connect/*");
    for (String command : List.of("demo", "services")) {
      assertThat(classPath(launch(Map.of(), command))).containsExactly("lib/*", "lib/demo/*");
    }
    assertThat(classPath(launch(Map.of(), "bench", "drain")))
        .containsExactly("lib/*", "lib/demo/*", "lib/bench/*");
    assertThat(classPath(launch(Map.of(), "help", "bench"))).contains("lib/bench/*");
  }

  @Test
  void whatIsNotInstalledIsNamed() throws Exception {
    Files.delete(installed.resolve("lib/bench"));
    assertThat(refused(Map.of(), "bench"))
        .contains("There is no `medallion bench` here", "lib/bench");
    assertThat(launch(Map.of(), "demo")).endsWith("Medallion demo");
  }

  @Test
  void inTheImageSparksJarsComeBehindOurs() throws Exception {
    Files.createDirectories(installed.resolve("lib/spark"));
    assertThat(classPath(launch(Map.of(), "simulate"))).containsExactly("lib/*", "lib/spark/*");
  }

  @Test
  void jarsOfAStoreComeBehindOurs() throws Exception {
    assertThat(launch(Map.of("MEDALLION_JARS", "/opt/s3/*"), "bronze"))
        .contains(" -cp " + installed + "/lib/*:/opt/s3/* io.medallion.cli.Medallion bronze");
  }

  /** The first command has it made, those that come when it is there use it. */
  @Test
  void classesComeFromAnArchiveThatIsMadeOnce() throws Exception {
    Map<String, String> on = Map.of("MEDALLION_CLASS_ARCHIVE", "on");
    assertThat(launch(on, "status")).doesNotContain("SharedArchiveFile");
    Path archive = installed.resolve("classes-17.0.15.jsa");
    await().until(() -> Files.exists(archive) && Files.notExists(Path.of(archive + ".making")));
    assertThat(launch(on, "status")).contains("-XX:SharedArchiveFile=" + archive);
    assertThat(launch(Map.of(), "status")).doesNotContain("SharedArchiveFile");
  }

  @Test
  void helpTakesNoMemoryToSpeakOf() throws Exception {
    for (List<String> line :
        List.of(List.of("bench", "--help"), List.of("gold", "-h"), List.of("help", "bench"))) {
      assertThat(launch(Map.of(), line.toArray(String[]::new)))
          .contains("-Xmx256m")
          .doesNotContain("-Xms", "AlwaysPreTouch");
    }
    assertThat(launch(Map.of(), "query", "--", "--help")).contains("-Xmx1g");
  }

  @Test
  void medallionJavaWinsOverJavaHome() throws Exception {
    java("newer", "25.0.3");
    Path newer = home.resolve("newer");
    Files.writeString(home.resolve("newer/release"), "JAVA_VERSION=\"25.0.3\"\n");
    assertThat(launch(Map.of("MEDALLION_JAVA", newer.toString()), "gold")).endsWith("gold");
    assertThat(launch(Map.of("MEDALLION_JAVA", newer + "/bin/java"), "gold")).endsWith("gold");
    assertThat(refused(Map.of("MEDALLION_JAVA", home + "/nowhere"), "gold"))
        .contains("MEDALLION_JAVA names no Java");
  }

  @Test
  void aJavaThatIsTooOldIsRefusedAndOneThatIsNotTestedIsNamed() throws Exception {
    for (String old : List.of("11.0.22", "17.0.10")) {
      java("old", old);
      assertThat(refused(Map.of("JAVA_HOME", home.resolve("old").toString()), "gold"))
          .contains("Java " + old + " is too old", "tested: 17, 21 and 25");
    }
    java("untested", "26.0.1");
    assertThat(launch(Map.of("JAVA_HOME", home.resolve("untested").toString()), "gold"))
        .startsWith("note: Java 26.0.1 is not one that Medallion is tested with (17, 21 and 25).");
  }

  @Test
  void aLinkToItWorks() throws Exception {
    Path link = Files.createSymbolicLink(home.resolve("m"), installed.resolve("bin/medallion"));
    assertThat(run(link, Map.of(), 0, "help")).isEqualTo("Usage: medallion");
    assertThat(classPath(run(link, Map.of(), 0, "gold"))).containsExactly("lib/*");
  }

  @Test
  void inACheckoutTheSameRunsOnceItIsBuilt() throws Exception {
    Path checkout = home.resolve("checkout");
    Files.writeString(checkout.resolve("pom.xml"), "");
    for (String module : List.of("common", "tools/cli")) {
      Files.createDirectories(checkout.resolve(module).resolve("src/main"));
      Files.writeString(checkout.resolve(module).resolve("pom.xml"), "");
    }
    for (String folder : List.of("sql", "deploy/bin", "tools/release")) {
      Files.createDirectories(checkout.resolve(folder));
    }
    Files.writeString(checkout.resolve("tools/release/lay-out"), "");
    Files.writeString(checkout.resolve("target/medallion/stamp"), "");
    Path launcher = Files.copy(ROOT.resolve("medallion"), checkout.resolve("medallion"));

    assertThat(classPath(run(launcher, Map.of(), 0, "gold"))).containsExactly("lib/*");
  }

  /** The class path that Java was given, below the installation. */
  private List<String> classPath(String said) {
    String path = said.replaceFirst(".* -cp ", "").replaceFirst(" io\\.medallion\\..*", "");
    return List.of(path.replace(installed + "/", "").split(":", -1));
  }

  private String launch(Map<String, String> environment, String... arguments) throws Exception {
    return run(installed.resolve("bin/medallion"), environment, 0, arguments);
  }

  private String refused(Map<String, String> environment, String... arguments) throws Exception {
    return run(installed.resolve("bin/medallion"), environment, 2, arguments);
  }

  private String run(Path script, Map<String, String> environment, int code, String... arguments)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString()).redirectErrorStream(true);
    builder.command().addAll(List.of(arguments));
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("MEDALLION_") || name.equals("SPARK_LOCAL_IP"));
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    builder.environment().put("MEDALLION_CLASS_ARCHIVE", "off");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(code);
    return said.strip();
  }
}
