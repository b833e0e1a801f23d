package io.medallion.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around itself; tests give their own.
 *
 * @param home the folder of the program, below which running services announce themselves and data
 *     lies unless told otherwise
 * @param environment the process's environment
 * @param out where results go
 * @param err where complaints and progress go
 * @param terminal whether a person looks at {@code out}
 */
public record CommandContext(
    Path home,
    Map<String, String> environment,
    PrintWriter out,
    PrintWriter err,
    boolean terminal) {

  static CommandContext ofProcess() {
    Map<String, String> environment = System.getenv();
    return new CommandContext(
        Path.of(environment.getOrDefault("MEDALLION_HOME", "")).toAbsolutePath().normalize(),
        environment,
        new PrintWriter(System.out, true, Charset.defaultCharset()),
        new PrintWriter(System.err, true, Charset.defaultCharset()),
        Boolean.getBoolean("medallion.terminal"));
  }

  /** Where data lies unless told otherwise. */
  public Path data() {
    return home.resolve("data");
  }

  /** The folder where running services announce where they are, a file for each data folder. */
  public Path announcements() {
    return data().resolve("running");
  }
}
