package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of the dashboards without a database. */
class GrafanaTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z]+)");

  /** Grafana passes over a name that it does not know, and a panel looks otherwise than meant. */
  @ParameterizedTest
  @ValueSource(strings = {"business", "pipeline"})
  void aDashboardIsWhatGrafanasModelKnows(String name) throws Exception {
    String text = Files.readString(Grafana.file(name));
    assertThat(schema().validate(text, InputFormat.JSON)).isEmpty();
    assertThat(schema().validate(text.replace("\"gridPos\"", "\"gridpos\""), InputFormat.JSON))
        .as("a name misspelt")
        .isNotEmpty();
  }

  @Test
  void panelsHaveIdsOfTheirOwnAndDoNotOverlap() throws Exception {
    for (Grafana dashboard : Grafana.all()) {
      Set<Integer> ids = new HashSet<>();
      Set<List<Integer>> cells = new HashSet<>();
      for (JsonNode panel : dashboard.panels()) {
        String title = panel.path("title").asText();
        assertThat(ids.add(panel.path("id").asInt())).as("the id of %s", title).isTrue();
        JsonNode place = panel.path("gridPos");
        int right = place.path("x").asInt() + place.path("w").asInt();
        assertThat(right).as("the right edge of %s", title).isLessThanOrEqualTo(24);
        for (int x = place.path("x").asInt(); x < right; x++) {
          for (int y = 0; y < place.path("h").asInt(); y++) {
            assertThat(cells.add(List.of(x, y + place.path("y").asInt())))
                .as("%s lies on another", title)
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void everyVariableIsUsedAndEveryOneUsedIsThere() throws Exception {
    for (Grafana dashboard : Grafana.all()) {
      Set<String> names =
          dashboard.variables().stream()
              .map(v -> v.path("name").asText())
              .collect(Collectors.toSet());
      List<Grafana.Query> queries = new ArrayList<>(dashboard.sql());
      queries.addAll(dashboard.promql());
      Set<String> used =
          queries.stream()
              .flatMap(query -> VARIABLE.matcher(query.text()).results())
              .map(found -> found.group(1))
              .collect(Collectors.toSet());
      assertThat(names).as(dashboard.name()).isNotEmpty().isEqualTo(used);
    }
  }

  @Test
  void curvesOfSqlAreGroupedByTheIntervalThatFitsTheRange() throws Exception {
    for (JsonNode panel : Grafana.read("business").panels()) {
      if (panel.path("type").asText().equals("timeseries")) {
        String title = panel.path("title").asText();
        assertThat(panel.path("targets").path(0).path("rawSql").asText())
            .as(title)
            .startsWith("SELECT $__timeGroupAlias(window_start, $__interval), ");
        // No shorter than the rows of the marts are.
        assertThat(panel.path("interval").asText()).as(title).isEqualTo("1m");
      }
    }
  }

  @Test
  void revenueHasAChartForEachCurrency() throws Exception {
    Grafana business = Grafana.read("business");
    JsonNode chart = business.panel("Revenue, $currency");
    assertThat(chart.path("repeat").asText()).isEqualTo("currency");
    for (Grafana.Query query : business.sql()) {
      if (query.text().contains("sum(revenue)")) {
        Matcher currency = Pattern.compile("currency = ANY").matcher(query.text());
        assertThat(currency.find()).as(query.panel()).isTrue();
      }
    }
  }

  private static JsonSchema schema() throws IOException {
    try (InputStream file =
        GrafanaTest.class.getResourceAsStream("/grafana/dashboard.schema.json")) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(file);
    }
  }
}
