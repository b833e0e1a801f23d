package io.medallion.demo.services;

import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A real PostgreSQL on the loopback address, with its data in a folder, a database {@code
 * medallion} and a role each for owning, writing and reading it.
 *
 * <p>Every connection needs its role's random password. The server stops when the process that
 * started it dies, whatever way.
 */
public final class PostgresServer implements AutoCloseable {
  private static final int START_LIMIT_SECONDS = 60;
  private static final int STOP_LIMIT_SECONDS = 20;
  private static final int ATTEMPTS = 3;
  private static final Duration LAST_MOMENT = Duration.ofSeconds(2);

  private final PostgresBinaries programs;
  private final Path data;
  private final int port;
  private final PostgresRoles roles;
  private final Watchdog watchdog;
  private final ProcessHandle process;

  private PostgresServer(
      PostgresBinaries programs,
      Path data,
      int port,
      PostgresRoles roles,
      Watchdog watchdog,
      ProcessHandle process) {
    this.programs = programs;
    this.data = data;
    this.port = port;
    this.roles = roles;
    this.watchdog = watchdog;
    this.process = process;
  }

  /**
   * Starts a server and waits until it answers. One that a killed run left on the folder is stopped
   * first.
   *
   * @param folder where its data and passwords live; made if it is missing
   * @param port where it listens; 0 for a free one
   * @throws MedallionException if it does not start
   */
  public static PostgresServer start(Path folder, int port) {
    return start(folder, PortChoice.of(port));
  }

  /** The same where there is a choice of ports. */
  static PostgresServer start(Path folder, PortChoice port) {
    try {
      // Its real name, by which a left-over server of the folder is known.
      return startIn(Files.createDirectories(folder).toRealPath(), port);
    } catch (IOException | SQLException e) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "The embedded Postgres in " + folder + " did not start",
          e.getMessage(),
          "Read " + log(folder) + "; check the folder's rights and space.",
          e);
    }
  }

  private static PostgresServer startIn(Path folder, PortChoice port)
      throws IOException, SQLException {
    PostgresRoles roles = PostgresRoles.in(folder.resolve("passwords.properties"));
    PostgresBinaries programs = PostgresBinaries.unpacked(folder);
    Path data = folder.resolve("data");
    stopLeftOver(programs, data);
    if (!Files.exists(data)) {
      initialize(programs, roles, folder, data);
    }
    return start(programs, roles, folder, port);
  }

  /** The JDBC address of the database. */
  public String url() {
    return address(port) + PostgresRoles.DATABASE;
  }

  /** The role that owns the database. */
  public PostgresRole owner() {
    return roles.role(PostgresRoles.OWNER);
  }

  /** The role that writes. */
  public PostgresRole writer() {
    return roles.role(PostgresRoles.WRITER);
  }

  /** The role that reads. */
  public PostgresRole reader() {
    return roles.role(PostgresRoles.READER);
  }

  /** What gold needs to know of it. */
  public Map<String, String> settings() {
    return Map.of(
        Keys.POSTGRES_URL.name(), url(),
        Keys.POSTGRES_USER.name(), writer().user(),
        Keys.POSTGRES_PASSWORD.name(), writer().password(),
        Keys.POSTGRES_OWNER_USER.name(), owner().user(),
        Keys.POSTGRES_OWNER_PASSWORD.name(), owner().password(),
        Keys.POSTGRES_READER_USER.name(), reader().user(),
        Keys.POSTGRES_READER_PASSWORD.name(), reader().password());
  }

  /** Its process, for those who want to kill it. */
  public ProcessHandle process() {
    return process;
  }

  ProcessHandle watchdog() {
    return watchdog.process();
  }

  /** Stops it; connections are cut. */
  @Override
  public void close() {
    try {
      stop(programs, data);
    } catch (IOException e) {
      process.destroyForcibly();
    }
    watchdog.dismiss();
  }

  /**
   * The folder gets its name when it is whole: a cut-off initialization leaves nothing that looks
   * like a database.
   */
  private static void initialize(
      PostgresBinaries programs, PostgresRoles roles, Path folder, Path data) throws IOException {
    Path fresh = folder.resolve("data.new");
    if (Files.exists(fresh)) {
      DataFolder.deleteTree(fresh);
    }
    Path password =
        Files.createTempFile(
            folder,
            ".superuser",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(password, roles.role(PostgresRoles.SUPERUSER).password());
      run(
          programs.process(
              "initdb",
              "--pgdata=" + fresh,
              "--username=" + PostgresRoles.SUPERUSER,
              "--pwfile=" + password,
              "--auth=scram-sha-256",
              "--encoding=UTF8",
              "--no-locale"),
          log(folder));
    } finally {
      Files.delete(password);
    }
    Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
  }

  private static PostgresServer start(
      PostgresBinaries programs, PostgresRoles roles, Path folder, PortChoice asked)
      throws IOException, SQLException {
    Path data = folder.resolve("data");
    Watchdog watchdog = Watchdog.over(data);
    try {
      int port = startOnPort(programs, folder, data, asked);
      ProcessHandle process =
          Postmaster.of(data).orElseThrow(() -> new IOException("The server ended at once."));
      watchdog.watches(process.pid());
      roles.create(address(port));
      return new PostgresServer(programs, data, port, roles, watchdog, process);
    } catch (IOException | SQLException | RuntimeException e) {
      stopLeftOver(programs, data);
      watchdog.dismiss();
      throw e;
    }
  }

  private static int startOnPort(
      PostgresBinaries programs, Path folder, Path data, PortChoice asked) throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = asked.pick("Postgres");
      try {
        run(
            programs.process(
                "pg_ctl",
                "start",
                "-w",
                "-t",
                Integer.toString(START_LIMIT_SECONDS),
                "-D",
                data.toString(),
                "-l",
                log(folder).toString(),
                "-o",
                options(port)),
            folder.resolve("pg_ctl.log"));
        return port;
      } catch (IOException e) {
        // Somebody may have taken the free port in between; a port asked for is not exchanged.
        if (asked.fixed() || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static String options(int port) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("port", Integer.toString(port));
    settings.put("unix_socket_directories", "");
    settings.put("max_connections", "60");
    // A merge touches all of the recent rows: what does not fit is written out in its middle.
    settings.put("shared_buffers", "512MB");
    settings.put("max_wal_size", "2GB");
    settings.put("synchronous_commit", "on");
    settings.put("timezone", "UTC");
    settings.put("log_timezone", "UTC");
    // The marts' queries are short: compiling them costs more than it saves.
    settings.put("jit", "off");
    return settings.entrySet().stream()
        .map(setting -> "-c %s=%s".formatted(setting.getKey(), setting.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static void stopLeftOver(PostgresBinaries programs, Path data) throws IOException {
    if (Postmaster.of(data).isPresent()) {
      stop(programs, data);
    }
    Files.deleteIfExists(Postmaster.pidFile(data));
  }

  private static void stop(PostgresBinaries programs, Path data) throws IOException {
    ProcessHandle server = Postmaster.of(data).orElse(null);
    if (server == null) {
      return;
    }
    for (String mode : List.of("fast", "immediate")) {
      tryStop(programs, data, mode);
      // It removes its file a moment before it is gone.
      if (Postmaster.of(data).isEmpty()) {
        Processes.ended(server, LAST_MOMENT);
        return;
      }
    }
    server.destroyForcibly();
  }

  private static void tryStop(PostgresBinaries programs, Path data, String mode) {
    try {
      run(
          programs.process(
              "pg_ctl",
              "stop",
              "-w",
              "-t",
              Integer.toString(STOP_LIMIT_SECONDS),
              "-m",
              mode,
              "-D",
              data.toString()),
          data.resolveSibling("pg_ctl.log"));
    } catch (IOException e) {
      // Not stopped, or gone in between: the caller looks at the process.
    }
  }

  private static void run(ProcessBuilder builder, Path output) throws IOException {
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process program = builder.start();
    program.getOutputStream().close();
    try {
      if (!program.waitFor(START_LIMIT_SECONDS + STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        program.destroyForcibly();
      }
      if (program.waitFor() != 0) {
        throw new IOException(
            "%s ended with code %d: %s"
                .formatted(name(builder), program.exitValue(), Files.readString(output).strip()));
      }
    } catch (InterruptedException e) {
      program.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String name(ProcessBuilder builder) {
    List<String> words = new ArrayList<>(builder.command());
    words.removeAll(List.of("unshare", "-U"));
    return Path.of(words.get(0)).getFileName().toString();
  }

  private static String address(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/";
  }

  private static Path log(Path folder) {
    return folder.resolve("postgres.log");
  }
}
