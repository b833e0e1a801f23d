package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Events of a person who is to be erased and of those who are not, and layers over them. */
final class ErasureEvents {
  static final Instant KAFKA_TIME = Instant.parse("2026-03-03T12:00:00Z");
  static final String TARGET = "target-user-4711";
  static final String DEVICE = "target-device-4711";
  static final String SESSION = "target-session-4711";
  static final String EVENT = "target-event";

  /** Of the person and of another one. */
  static final String SHARED = "shared-device-1";

  static final Instant START = Instant.parse("2026-03-01T22:00:00Z");

  private ErasureEvents() {}

  /** The person's and the others', one after the other. */
  static List<String> mixed(List<String> target) {
    List<String> all = new ArrayList<>();
    List<String> others = others();
    // The target's first: another's event has the id and time of one of these.
    for (int i = 0; i < Math.max(target.size(), others.size()); i++) {
      if (i < target.size()) {
        all.add(target.get(i));
      }
      if (i < others.size()) {
        all.add(others.get(i));
      }
    }
    return all;
  }

  static List<String> others() {
    List<String> others = new ArrayList<>();
    // Kept out by the target's event of this id and time, as long as that is there.
    others.add(event("claimed", 0, "other-0", null, null, "/second"));
    for (int visitor = 0; visitor < 4; visitor++) {
      for (int i = 0; i < 6; i++) {
        others.add(
            event(
                "other-%d-%d".formatted(visitor, i),
                1_200L * i + visitor,
                "other-" + visitor,
                i == 3 ? "device-" + visitor : null,
                null,
                "/p" + i));
      }
    }
    others.add(event("shared-1", 300, "other-1", SHARED, null, "/s"));
    others.add(event("shared-2", 360, null, SHARED, null, "/s"));
    others.add(event("other-long", 10, "other-2", null, null, "/" + "longlong".repeat(40)));
    others.add("{\"event_id\":\"other-broken\",\"user_id\":\"other-3\",\"time");
    return others;
  }

  /**
   * One event.
   *
   * @param seconds after the first
   * @param user null for none, as the next ones
   * @param more members, as JSON
   */
  static String event(
      String id,
      long seconds,
      String user,
      String anonymous,
      String session,
      String page,
      String... more) {
    StringBuilder event =
        new StringBuilder(
            "{\"event_id\":\"%s\",\"timestamp\":\"%s\"".formatted(id, START.plusSeconds(seconds)));
    field(event, "user_id", user);
    field(event, "anonymous_id", anonymous);
    field(event, "session_id", session);
    field(event, "page", page);
    for (String field : more) {
      event.append(",").append(field);
    }
    return event.append("}").toString();
  }

  private static void field(StringBuilder event, String name, String value) {
    if (value != null) {
      event.append(",\"%s\":\"%s\"".formatted(name, value));
    }
  }

  /** Of events that are whole. */
  static Set<String> eventIds(List<String> events) {
    return events.stream()
        .filter(event -> event.endsWith("}") && !event.contains("longlong"))
        .map(event -> event.substring(13, event.indexOf('"', 13)))
        .collect(Collectors.toSet());
  }

  /** A lake and a database, with a rule that some of the events break. */
  static Configuration configuration(Path lake, PostgresServer postgres) {
    return BronzeRows.configured(lake, postgres).flag("silver.max-string-size", "256B").build();
  }

  /** Has layers take what is there, one after the other. */
  static void drain(Lake lake, Configuration configuration, LayerLauncher.Start... layers)
      throws Exception {
    for (LayerLauncher.Start start : layers) {
      try (Layer layer = start.start(lake, configuration, true)) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
    }
  }
}
