package io.medallion.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {
  @TempDir private Path folder;

  private final ReportTable reportTable =
      ReportTable.of("a backlog", "stage", "events/s").add("bronze", 1234.567).add("gold", null);

  @Test
  void itsFileTellsTheMachineTheSettingsAndEveryCell() throws Exception {
    Path file = report().write(folder.resolve("new")).get(0);
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("benchmark").asText()).isEqualTo("drain");
    assertThat(json.get("settings").get("events").asInt()).isEqualTo(7);
    assertThat(json.get("machine").get("cores").asInt()).isPositive();
    assertThat(json.get("machine").get("spark").asText()).startsWith("4.");
    JsonNode rows = json.get("results").get("a backlog");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).get("stage").asText()).isEqualTo("bronze");
    assertThat(rows.get(0).get("events/s").asDouble()).isEqualTo(1234.57);
    assertThat(rows.get(1).get("events/s").isNull()).isTrue();
  }

  @Test
  void itsChartHasABarForEachValueAndNoneForAMissingOne() throws Exception {
    Path file = report().write(folder).get(1);
    assertThat(file).hasFileName("drain.svg");
    DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
    parsers.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    Document chart = parsers.newDocumentBuilder().parse(file.toFile());
    assertThat(chart.getDocumentElement().getTagName()).isEqualTo("svg");
    // The bar and the legend's mark.
    assertThat(Files.readString(file).split("fill:rgb\\(31,111,235\\)", -1)).hasSize(1 + 2);
  }

  @Test
  void aRowWithoutAsManyCellsAsColumnsIsRefused() {
    assertThatThrownBy(() -> reportTable.add("silver")).hasMessage("1 cells for 2 columns");
  }

  @Test
  void aColumnIsOneOfNumbersWhereACellIs() {
    assertThat(reportTable.numbers(0)).isFalse();
    assertThat(reportTable.numbers(1)).isTrue();
  }

  private Report report() {
    Bars bars =
        new Bars(
            "A backlog",
            "events/s",
            List.of("bronze", "gold"),
            Map.of("limit", Arrays.asList(1234.567, null)));
    return Report.of("drain", Map.of("events", 7), List.of(reportTable), bars);
  }
}
