package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.e2e.faults.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program as it is laid out for the archive, the image and a checkout.
 *
 * @param folder with {@code bin/medallion}; what its commands keep lies in {@code home} below it
 */
record Installation(Path folder) {
  /**
   * What a command said.
   *
   * @param code it ended with
   * @param out its standard output
   * @param err its standard error
   */
  record Said(int code, String out, String err) {}

  /** In an empty folder, with links to the libraries. */
  static Installation in(Path folder) throws IOException, InterruptedException {
    Program.run(
        folder,
        Path.of("/bin/bash"),
        Compose.ROOT.resolve("tools/release/lay-out").toString(),
        folder.toString(),
        "link");
    return new Installation(folder);
  }

  Path launcher() {
    return folder.resolve("bin/medallion");
  }

  /** Where commands keep data, logs and announcements. */
  Path home() {
    return folder.resolve("home");
  }

  /** By the Java that runs this test. */
  Said run(String... arguments) throws IOException, InterruptedException {
    return run(Path.of(System.getProperty("java.home")), Map.of(), arguments);
  }

  /** Runs a command to its end. */
  Said run(Path java, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "said", ".out");
    Path err = Files.createTempFile(folder, "said", ".err");
    ProcessBuilder builder =
        command(java, environment, arguments).redirectInput(Path.of("/dev/null").toFile());
    int code = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new Said(code, Files.readString(out), Files.readString(err));
  }

  /** A command that is not started yet, with nothing of this machine's own settings. */
  ProcessBuilder command(Path java, Map<String, String> environment, String... arguments) {
    List<String> line = new ArrayList<>(List.of(launcher().toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().keySet().removeIf(name -> name.startsWith("MEDALLION_"));
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("MEDALLION_HOME", home().toString());
    builder.environment().put("MEDALLION_CLASS_ARCHIVE", "off");
    builder.environment().putAll(environment);
    return builder;
  }

  /** A JDK of a major version among those that lie beside the one that runs this test. */
  static Optional<Path> java(int major) throws IOException {
    Path running = Path.of(System.getProperty("java.home")).toRealPath();
    assertThat(running).isDirectory();
    try (Stream<Path> beside = Files.list(running.getParent())) {
      return Stream.concat(Stream.of(running), beside)
          .filter(folder -> version(folder).startsWith(major + "."))
          .findFirst();
    }
  }

  private static String version(Path java) {
    try {
      return Files.readString(java.resolve("release"))
          .replaceFirst("(?s).*JAVA_VERSION=\"([^\"]*)\".*", "$1");
    } catch (IOException e) {
      return "";
    }
  }
}
