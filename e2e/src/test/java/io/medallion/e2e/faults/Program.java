package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A program from outside Maven: a test is skipped without it, and fails if it was promised. */
public final class Program {
  private static final boolean REQUIRED =
      "required".equals(System.getProperty("medallion.programs"));

  private Program() {}

  /** Its path; skips the test if it is not installed. */
  public static Path find(String name) {
    Optional<Path> found =
        Arrays.stream(System.getenv("PATH").split(java.io.File.pathSeparator))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    if (REQUIRED) {
      assertThat(found).as("the program %s", name).isPresent();
    }
    assumeTrue(found.isPresent(), name + " is not installed");
    return found.orElseThrow();
  }

  /** Runs it to its end and returns what it said; fails where it fails. */
  public static String run(Path folder, Path program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s said: %s", command, said).isZero();
    return said;
  }
}
