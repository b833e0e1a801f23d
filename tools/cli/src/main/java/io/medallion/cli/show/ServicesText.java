package io.medallion.cli.show;

import io.medallion.common.config.Keys;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where embedded services are, as lines of text. */
public final class ServicesText {
  private ServicesText() {}

  /**
   * Their addresses.
   *
   * @param settings what they announce
   * @param log where the program's log goes
   */
  public static List<String> lines(Map<String, String> settings, Path log) {
    return List.of(
        "  Kafka     " + settings.get(Keys.KAFKA_BOOTSTRAP_SERVERS.name()),
        "  Postgres  " + settings.get(Keys.POSTGRES_URL.name()),
        "  Lake      " + settings.get(Keys.LAKE_PATH.name()),
        "  Log       " + log,
        "Other commands in a second terminal find these without flags;",
        "`medallion psql` asks Postgres.");
  }
}
