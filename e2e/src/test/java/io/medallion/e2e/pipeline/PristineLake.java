package io.medallion.e2e.pipeline;

import io.medallion.common.config.Keys;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;

/**
 * A lake and a gold as they were at one moment, to come back to: copied files, and a database made
 * from a template. So a damage leaves no trace, not even a version.
 */
final class PristineLake {
  private static final String TEMPLATE = "pristine";
  private static final List<String> TABLES = List.of("bronze", "silver");

  private final Path lake;
  private final Path copy;
  private final String url;
  private final String database;
  private final Properties superuser = new Properties();

  /**
   * Takes it.
   *
   * @param folder of the test's services
   */
  static PristineLake of(Pipeline pipeline, Path folder) throws IOException, SQLException {
    PristineLake pristine = new PristineLake(pipeline, folder);
    TABLES.forEach(name -> copy(pristine.lake.resolve(name), pristine.copy.resolve(name)));
    pristine.admin("create database %s template %s".formatted(TEMPLATE, pristine.database));
    return pristine;
  }

  private PristineLake(Pipeline pipeline, Path folder) throws IOException {
    this.lake = Path.of(pipeline.lake().path());
    this.copy = folder.resolve("pristine");
    String address = pipeline.configuration().get(Keys.POSTGRES_URL);
    this.url = address.substring(0, address.lastIndexOf('/') + 1);
    this.database = address.substring(address.lastIndexOf('/') + 1);
    Properties passwords = new Properties();
    try (Reader file = Files.newBufferedReader(folder.resolve("postgres/passwords.properties"))) {
      passwords.load(file);
    }
    superuser.setProperty("user", "postgres");
    superuser.setProperty("password", passwords.getProperty("postgres"));
  }

  void restoreLake() {
    TABLES.forEach(
        name -> {
          delete(lake.resolve(name));
          copy(copy.resolve(name), lake.resolve(name));
        });
    DeltaLog.clearCache();
  }

  void restoreGold() throws SQLException {
    admin("drop database %s with (force)".formatted(database));
    admin("create database %s template %s owner medallion_owner".formatted(database, TEMPLATE));
  }

  private void admin(String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url + "postgres", superuser);
        Statement change = connection.createStatement()) {
      change.execute(statement);
    }
  }

  /** Copies a folder with all that is in it. */
  static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
