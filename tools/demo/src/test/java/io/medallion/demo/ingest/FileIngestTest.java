package io.medallion.demo.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIngestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SHOP =
      """
      event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
      2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde
      2019-10-01 00:00:01 UTC,cart,3900821,2053013552326770905,appliances.x,aqua,33.20,554748717,9333dfbd
      2019-10-01 00:00:01 UTC,cart,3900821,2053013552326770905,appliances.x,aqua,33.20,554748717,9333dfbd
      """;

  @TempDir Path folder;

  @Test
  void aRowBecomesAnEventWithItsColumnsAsKeys() throws IOException {
    ListSink sink = ingest(Map.of(), SHOP);
    JsonNode first = JSON.readTree(sink.values.get(0));
    String rest =
        """
        {"event_time":"2019-10-01 00:00:00 UTC","event_type":"view","product_id":"44600062",\
        "category_id":"2103807459595387724","brand":"shiseido","price":35.79,\
        "user_id":"541312140","user_session":"72d76fde"}""";
    ((com.fasterxml.jackson.databind.node.ObjectNode) first).remove("event_id");
    assertThat(first).isEqualTo(JSON.readTree(rest));
    assertThat(sink.values.get(1)).contains("\"price\":33.20,");
    assertThat(sink.keys).containsExactly("541312140", "554748717", "554748717");
  }

  @Test
  void derivedIdsDifferWithinAFileAndAreTheSameTheSecondTime() throws IOException {
    ListSink sink = ingest(Map.of(), SHOP);
    assertThat(sink.values).doesNotHaveDuplicates();
    assertThat(ingest(Map.of(), SHOP).values).isEqualTo(sink.values);
    assertThat(JSON.readTree(sink.values.get(0)).get("event_id").asText())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  }

  @Test
  void packedFilesWindowsLineEndsByteOrderMarksAndOtherDelimitersGiveTheSameEvents()
      throws IOException {
    List<String> plain = ingest(Map.of(), SHOP).values;
    Path packed = folder.resolve("packed.bin");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(SHOP.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(ingest(Map.of(), packed).values).isEqualTo(plain);
    assertThat(ingest(Map.of(), SHOP.replace("\n", "\r\n")).values).isEqualTo(plain);
    assertThat(ingest(Map.of(), "\uFEFF" + SHOP).values).isEqualTo(plain);
    assertThat(ingest(Map.of(), SHOP.strip()).values).isEqualTo(plain);
    assertThat(withoutIds(ingest(Map.of(), SHOP.replace(',', ';')).values))
        .isEqualTo(withoutIds(plain));
  }

  @Test
  void quotedCellsMayHoldDelimitersQuotesAndLineEnds() throws IOException {
    ListSink sink =
        ingest(
            Map.of(),
            "event_id,timestamp,user_id,page\n"
                + "1,2026-01-01T00:00:00Z,\"a,\"\"b\"\"\",\"/x\ny\"\n"
                + "2,2026-01-01T00:00:00Z,5\" pipe,/z\n");
    assertThat(JSON.readTree(sink.values.get(0)).get("user_id").asText()).isEqualTo("a,\"b\"");
    assertThat(JSON.readTree(sink.values.get(0)).get("page").asText()).isEqualTo("/x\ny");
    assertThat(JSON.readTree(sink.values.get(1)).get("user_id").asText()).isEqualTo("5\" pipe");
  }

  @Test
  void columnsGetTheNamesThatTheUserGivesThem() throws IOException {
    Map<String, String> columns = Map.of("timestamp", "when", "user_id", "who", "price", "cost");
    ListSink csv = ingest(columns, "when,who,cost\n2026-01-01T00:00:00Z,u,\n,u,1e3\n,u,free\n");
    assertThat(JSON.readTree(csv.values.get(0)).has("price")).isFalse();
    assertThat(JSON.readTree(csv.values.get(0)).get("user_id").asText()).isEqualTo("u");
    assertThat(JSON.readTree(csv.values.get(1)).get("price").isNumber()).isTrue();
    assertThat(JSON.readTree(csv.values.get(2)).get("price").isTextual()).isTrue();
    ListSink json = ingest(columns, "{\"event_id\":\"1\", \"who\" : \"u\",\"x\":{\"who\":2}}\n");
    assertThat(json.values)
        .containsExactly("{\"event_id\":\"1\", \"user_id\" : \"u\",\"x\":{\"who\":2}}");
    assertThat(json.keys).containsExactly("u");
    assertThat(Ingested.of(columns, write("when,who\n1,2\n")).problem().reason())
        .isEqualTo(
            "It has no column cost, which --map gives for price. Its columns are: when, who.");
  }

  @Test
  void jsonLinesStayAsTheyAreExceptForAMissingId() throws IOException {
    ListSink sink =
        ingest(
            Map.of(),
            """
            {"event_id":"kept" , "user_id":7}
            { "ts":1}
            {}
            {"event_id":null,"a":1}
            {"a":"ü","event_id":""}
            """);
    assertThat(sink.values.get(0)).isEqualTo("{\"event_id\":\"kept\" , \"user_id\":7}");
    assertThat(sink.keys.get(0)).isEqualTo("7");
    assertThat(sink.values.get(1)).matches("\\{\"event_id\":\"[0-9a-f-]{36}\", \"ts\":1}");
    assertThat(sink.values.get(2)).matches("\\{\"event_id\":\"[0-9a-f-]{36}\"}");
    assertThat(sink.values.get(3)).matches("\\{\"event_id\":\"[0-9a-f-]{36}\",\"a\":1}");
    assertThat(sink.values.get(4)).matches("\\{\"a\":\"ü\",\"event_id\":\"[0-9a-f-]{36}\"}");
  }

  @Test
  void whatCannotBeMappedGoesAsItIs() throws IOException {
    ListSink json = ingest(Map.of(), "{\"a\":1}\n{\"a\":\n[1]\n{} {}\nx\n");
    assertThat(json.values.subList(1, 5)).containsExactly("{\"a\":", "[1]", "{} {}", "x");
  }

  @Test
  void anEmptyFileHasNoEvents() throws IOException {
    assertThat(ingest(Map.of(), "").values).isEmpty();
    assertThat(ingest(Map.of(), "timestamp,user_id\n").values).isEmpty();
  }

  @Test
  void beyondTheExactTableEqualLinesStillGetRisingNumbers() {
    LineOccurrences occurrences = new LineOccurrences(1_000);
    Random random = new Random(5);
    List<Long> repeated = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      long hash = random.nextLong();
      occurrences.next(hash);
      repeated.add(hash);
    }
    assertThat(occurrences.exact()).isEqualTo(1_000);
    for (long hash : repeated) {
      int second = occurrences.next(hash);
      assertThat(second).isGreaterThanOrEqualTo(2);
      assertThat(occurrences.next(hash)).isGreaterThan(second);
    }
    assertThat(occurrences.next(repeated.get(0))).isEqualTo(4);
  }

  private static List<String> withoutIds(List<String> events) {
    return events.stream().map(e -> e.replaceAll("\"event_id\":\"[^\"]*\",", "")).toList();
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("events"), content);
  }

  private ListSink ingest(Map<String, String> columns, String content) throws IOException {
    return ingest(columns, write(content));
  }

  private static ListSink ingest(Map<String, String> columns, Path file) {
    Ingested ingested = Ingested.of(columns, file);
    assertThat(ingested.report.problem()).isEmpty();
    assertThat(ingested.report.lines()).isEqualTo(ingested.values().size());
    return ingested.sink;
  }
}
