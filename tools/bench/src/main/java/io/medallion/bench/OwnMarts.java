package io.medallion.bench;

import io.medallion.common.Resource;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.demo.services.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What marts of a user's own cost: gold takes all of silver into an empty Postgres, with the marts
 * that are shipped, and with some more.
 */
final class OwnMarts {
  /** In the order in which they are taken. */
  static final List<String> NAMES =
      List.of(
          "clicks_by_page",
          "visitors_by_country",
          "revenue_by_campaign",
          "products_by_hour",
          "devices_by_minute",
          "prices_by_day",
          "active_by_device",
          "channels_by_hour",
          "visitors",
          "visits");

  private static final String ALL = MedallionBacklog.NAME + ", all of silver";

  private final TestBed bed;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * A comparison.
   *
   * @param folder for the marts' files and the data of two Postgres
   */
  OwnMarts(TestBed bed, Path folder, BenchProgress progress) {
    this.bed = bed;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * Runs both.
   *
   * @param events rows that silver has
   * @param count how many marts of a user's own
   */
  List<Drained> run(long events, int count) throws InterruptedException {
    List<Drained> drained = new ArrayList<>();
    drained.addAll(drain(ALL, events, Map.of()));
    drained.addAll(
        drain(
            ALL + " and %d marts of one's own".formatted(count),
            events,
            Map.of(Keys.GOLD_MARTS.name(), files(count).toString())));
    return drained;
  }

  private List<Drained> drain(String who, long events, Map<String, String> settings)
      throws InterruptedException {
    Path data = folder.resolve("postgres-%d-settings".formatted(settings.size()));
    try (PostgresServer empty = PostgresServer.start(data, 0)) {
      Configuration configuration = bed.over(empty, settings);
      return new MedallionBacklog(configuration, progress).goldAgain(who, events);
    }
  }

  private Path files(int count) {
    try {
      Path marts = Files.createDirectories(folder.resolve("marts"));
      for (String name : NAMES.subList(0, count)) {
        Files.writeString(
            marts.resolve(name + ".sql"), Resource.text(OwnMarts.class, "marts/" + name + ".sql"));
      }
      return marts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
