package io.medallion.e2e.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A dashboard, and what Grafana makes of its queries before it asks them.
 *
 * @param name of the file, without its ending
 * @param json the file
 */
record Grafana(String name, JsonNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A query of a panel.
   *
   * @param panel its title
   * @param text as the file has it
   */
  record Query(String panel, String text) {}

  /** Both dashboards. */
  static List<Grafana> all() throws IOException {
    return List.of(read("business"), read("pipeline"));
  }

  static Grafana read(String name) throws IOException {
    return new Grafana(name, JSON.readTree(file(name).toFile()));
  }

  static Path file(String name) {
    return Compose.ROOT.resolve("deploy/grafana/dashboards/%s.json".formatted(name));
  }

  List<JsonNode> panels() {
    return list(json.path("panels"));
  }

  JsonNode panel(String title) {
    return panels().stream()
        .filter(panel -> panel.path("title").asText().equals(title))
        .findFirst()
        .orElseThrow();
  }

  List<JsonNode> variables() {
    return list(json.path("templating").path("list"));
  }

  List<Query> sql() {
    return queries("rawSql");
  }

  List<Query> promql() {
    return queries("expr");
  }

  private List<Query> queries(String field) {
    List<Query> queries = new ArrayList<>();
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        if (target.has(field)) {
          queries.add(new Query(panel.path("title").asText(), target.path(field).asText()));
        }
      }
    }
    return queries;
  }

  /**
   * A statement as the Postgres data source sends it, with a minute for the interval.
   *
   * @param chosen the values of each variable
   */
  static String sql(String text, Instant from, Instant to, Map<String, List<String>> chosen) {
    String sql =
        text.replaceAll(
                "\\$__timeFilter\\(([a-z_]+)\\)", "$1 BETWEEN '%s' AND '%s'".formatted(from, to))
            .replaceAll(
                "\\$__timeGroupAlias\\(([a-z_]+), \\$__interval\\)",
                "floor(extract(epoch from $1)/60)*60 AS \"time\"");
    for (Map.Entry<String, List<String>> variable : chosen.entrySet()) {
      String values =
          variable.getValue().stream()
              .map(value -> "'" + value.replace("'", "''") + "'")
              .collect(Collectors.joining(","));
      sql =
          sql.replaceAll(
              "\\$\\{%s:sqlstring}".formatted(variable.getKey()), Matcher.quoteReplacement(values));
    }
    return sql;
  }

  /** An expression as the Prometheus data source sends it, for all layers. */
  static String promql(String text) {
    return text.replace("$layer", "(bronze|silver|gold)").replace("$__rate_interval", "1m");
  }

  /** The colour in which a panel shows a number; empty if it has one for all. */
  static String colour(JsonNode panel, double number) {
    JsonNode field = panel.path("fieldConfig").path("defaults");
    String colour = "";
    if (field.path("color").path("mode").asText().equals("thresholds")) {
      for (JsonNode step : field.path("thresholds").path("steps")) {
        if (step.path("value").isNull() || number >= step.path("value").asDouble()) {
          colour = step.path("color").asText();
        }
      }
    }
    return colour;
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
