package io.medallion.cli;

import io.medallion.demo.services.PortChoice;
import io.medallion.demo.services.RunningServices;
import io.medallion.demo.services.ServicesSettings;
import java.nio.file.Path;

/** What commands that bring a broker and a database of their own have in common. */
final class EmbeddedServices {
  /** Kafka's own. */
  static final int KAFKA_PORT = 9092;

  /** Not Postgres' own, where a server of somebody else often is or will be. */
  static final int POSTGRES_PORT = 15432;

  private EmbeddedServices() {}

  /**
   * What they are started with.
   *
   * @param kafka the broker's port; null for the usual one, or the next that is free
   * @param postgres the database's; null as well
   */
  static ServicesSettings settings(
      CommandContext context, Path data, Integer kafka, Integer postgres) {
    return ServicesSettings.in(data, RunningServices.announcement(context.announcements(), data))
        .withPorts(port(kafka, KAFKA_PORT), port(postgres, POSTGRES_PORT));
  }

  private static PortChoice port(Integer asked, int usual) {
    return asked == null ? PortChoice.from(usual) : PortChoice.of(asked);
  }
}
