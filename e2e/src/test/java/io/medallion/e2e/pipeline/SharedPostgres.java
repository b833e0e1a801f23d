package io.medallion.e2e.pipeline;

import io.medallion.demo.services.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A Postgres for the tests of a process that do nothing to the server itself: its classes run one
 * after the other, each begins without a gold.
 */
final class SharedPostgres {
  private static PostgresServer server;

  private SharedPostgres() {}

  /** The server, which nobody closes but the end of the process. */
  static synchronized PostgresServer empty() throws SQLException {
    if (server == null) {
      Path target = Path.of(System.getProperty("basedir", "."), "target");
      server = PostgresServer.start(target.resolve("postgres-" + ProcessHandle.current().pid()), 0);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    }
    GoldRows.empty(server);
    return server;
  }
}
