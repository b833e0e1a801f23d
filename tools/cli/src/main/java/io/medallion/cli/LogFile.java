package io.medallion.cli;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where a command's log goes. To be called before anything logs: the first logger reads the
 * configuration.
 */
public final class LogFile {
  private static final String PROPERTY = "medallion.log.file";

  private LogFile() {}

  /** Sends the log to {@code logs/<command>.log} below a folder, readable by its owner alone. */
  public static Path open(Path data, String command) {
    Path folder = data.resolve("logs");
    try {
      makePrivate(folder);
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "The folder " + folder + " for logs cannot be made",
          e.toString(),
          "Give this user the right to write there, or set MEDALLION_HOME to another folder.",
          e);
    }
    Path file = folder.resolve(command + ".log");
    System.setProperty(PROPERTY, file.toString());
    System.setProperty("log4j2.configurationFile", "classpath:io/medallion/cli/log4j2.xml");
    return file;
  }

  /** Writes no warnings to the terminal. To be called before {@link #open}. */
  static void keepFromTerminal() {
    System.setProperty("medallion.log.terminal", "OFF");
  }

  /** The file of this process, empty before {@link #open}. */
  static Optional<Path> current() {
    return Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of);
  }

  private static void makePrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Files.createDirectories(folder);
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
