package io.medallion.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark has found.
 *
 * @param benchmark its name
 * @param at when it had ended
 * @param machine where it ran
 * @param settings what it was asked for, by name
 * @param sheets the results
 * @param bars the most telling of them
 */
public record Report(
    String benchmark,
    Instant at,
    Machine machine,
    Map<String, Object> settings,
    List<ReportTable> sheets,
    Bars bars) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  static Report of(
      String benchmark, Map<String, Object> settings, List<ReportTable> sheets, Bars bars) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new Report(benchmark, now, Machine.here(), settings, sheets, bars);
  }

  /** All of it as one JSON object. */
  public String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("benchmark", benchmark);
    all.put("at", at.toString());
    all.put("machine", machine);
    all.put("settings", settings);
    Map<String, Object> results = new LinkedHashMap<>();
    sheets.forEach(reportTable -> results.put(reportTable.title(), reportTable.named()));
    all.put("results", results);
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes {@code <benchmark>.json} and {@code <benchmark>.svg}.
   *
   * @return the two files
   */
  public List<Path> write(Path folder) {
    Path json = folder.resolve(benchmark + ".json");
    Path svg = folder.resolve(benchmark + ".svg");
    try {
      Files.createDirectories(folder);
      Files.writeString(json, json() + "\n");
      Chart.draw(bars, svg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(json, svg);
  }
}
