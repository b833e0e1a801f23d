package io.medallion.demo.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFilesTest {
  private static final int LIMIT = 1 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#x\n{\"user_id\":\"u\"}\n",
        "null\n{\"user_id\":\"u\"}\n",
        "<!DOCTYPE html>\n<html>\n",
        "2019-10-01 00:00:00 UTC,view,44600062,541312140\n",
        "when,customer,page\n1,2,3\n",
        "timestamp,page\n1,2\n",
        "user_id,page\n1,2\n",
      })
  void aFirstLineThatIsNoHeaderIsRefusedWithTheColumnsItHas(String content) {
    Ingested ingested = ingest(content);
    assertThat(ingested.values()).isEmpty();
    assertThat(ingested.problem().reason())
        .contains("none of its columns is a")
        .endsWith(
            "Its columns are: "
                + content.lines().findFirst().orElseThrow().replace(",", ", ")
                + ".");
    assertThat(ingested.problem().remedy()).contains("--map");
  }

  @Test
  void aRowUpToAnEventsLimitGoesInWholeAndALongerOneIsNamed() {
    String header = "event_id,timestamp,user_id,event_type,page,price\n";
    String row = "1,2026-05-03T10:00:00Z,u,purchase,%s,123456.78\n";
    String whole = row.formatted("x".repeat(200_000));
    Ingested ingested =
        ingest(
            header
                + whole
                + row.formatted("x".repeat(999_990))
                + row.formatted("x".repeat(LIMIT))
                + row.formatted("x".repeat(5 * LIMIT))
                + whole);
    assertThat(ingested.values()).hasSize(3);
    assertThat(ingested.parsed(0).number(EventRules.defaults().column("price")))
        .isEqualTo(123_456_780_000L);
    assertThat(ingested.json(1).get("price").decimalValue()).isEqualTo("123456.78");
    assertThat(ingested.json(1).get("page").asText()).hasSize(999_990);
    assertThat(ingested.value(2)).isEqualTo(ingested.value(0));
    assertThat(ingested.notSent).hasSize(2);
    assertThat(ingested.notSent.get(0)).startsWith("4: ").contains("silver.max-event-size");
    assertThat(ingested.notSent.get(1)).startsWith("5: 5,242,").contains("silver.max-event-size");
    assertThat(ingested.report.isComplete()).isFalse();
  }

  @Test
  void aLongQuotedCellWithLineEndsGoesInWhole() {
    String cell = "line \"\"q\"\"\r\n".repeat(20_000);
    Ingested ingested = ingest("timestamp,user_id,page\n1,u,\"" + cell + "\"\n2,v,/x\n");
    assertThat(ingested.json(0).get("page").asText()).isEqualTo(cell.replace("\"\"", "\""));
    assertThat(ingested.json(1).get("user_id").asText()).isEqualTo("v");
  }

  @Test
  void epochMillisecondsInAColumnAreATime() {
    Ingested ingested =
        Ingested.of(
            Map.of("user_id", "visitorid", "product_id", "itemid"),
            Ingested.file(
                folder,
                "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n"));
    ParsedEvent event = ingested.parsed(0);
    assertThat(event.reasons()).isEmpty();
    assertThat(event.eventTimeMicros())
        .isEqualTo(Instant.parse("2015-06-02T05:02:12.117Z").toEpochMilli() * 1000);
    assertThat(event.page()).isEqualTo("product:355908");
    assertThat(event.visitor()).isEqualTo("257597");
  }

  @Test
  void cellsMissingAtTheEndOfARowAreEmpty() {
    Ingested ingested =
        ingest("timestamp,user_id,page,price,currency\n1,u,/a,5\n1,u\n1,u,/a,5,EUR,,\n");
    assertThat(ingested.json(0).get("price").asInt()).isEqualTo(5);
    assertThat(ingested.json(0).has("currency")).isFalse();
    assertThat(ingested.json(1).get("user_id").asText()).isEqualTo("u");
    assertThat(ingested.json(2).get("currency").asText()).isEqualTo("EUR");
    assertThat(ingested.report.raw()).isZero();
  }

  @Test
  void aRowWithAWrongNumberOfCellsSaysSoInQuarantine() {
    Path file = Ingested.file(folder, "timestamp,user_id,page\n1,u,/a,b\n1\n\n1,v,/\n1,w");
    Ingested ingested = Ingested.of(file);
    assertNotMapped(ingested.json(0), "4 cells under a header of 3", 2, "1,u,/a,b");
    assertNotMapped(ingested.json(1), "1 cells under a header of 3", 3, "1");
    assertThat(ingested.json(2).get("user_id").asText()).isEqualTo("v");
    assertNotMapped(
        ingested.json(3), "2 cells under a header of 3, and the file ends in it", 6, "1,w");
    assertThat(ingested.json(0).at("/not_mapped/file").asText())
        .isEqualTo(file.getFileName().toString());
    assertThat(ingested.parsed(0).isGood()).isFalse();
    assertThat(ingested.report.raw()).isEqualTo(3);
  }

  private static void assertNotMapped(JsonNode record, String because, int line, String row) {
    JsonNode reason = record.get("not_mapped");
    assertThat(reason.get("because").asText()).isEqualTo(because);
    assertThat(reason.get("line").asInt()).isEqualTo(line);
    assertThat(reason.get("header").asText()).isEqualTo("timestamp,user_id,page");
    assertThat(reason.get("row").asText()).isEqualTo(row);
  }

  @Test
  void quotesThatAreNotInOrderCostTheirRowAlone() {
    Ingested ingested =
        ingest("timestamp,user_id,page\n1,\"a\"b,/\n1,\"c\nd\"e,/\n1,f,\"/\"\n1,\"u\nlast,one,/\n");
    assertNotMapped(
        ingested.json(0),
        "a quote inside a quoted cell is not doubled, or something follows the closing one",
        2,
        "1,\"a\"b,/");
    assertThat(ingested.json(1).at("/not_mapped/row").asText()).isEqualTo("1,\"c\nd\"e,/");
    assertThat(ingested.json(2).get("user_id").asText()).isEqualTo("f");
    assertNotMapped(ingested.json(3), "a quote is opened and never closed", 6, "1,\"u");
    assertThat(ingested.json(4).get("user_id").asText()).isEqualTo("one");
    assertThat(ingested.values()).hasSize(5);
  }

  @Test
  void aQuoteThatIsNotClosedForLongCostsItsLineAlone() {
    int rows = 400_000;
    StringBuilder csv = new StringBuilder("timestamp,user_id\n1,\"a\n");
    for (int i = 0; i < rows; i++) {
      csv.append("1,u").append(i).append('\n');
    }
    Ingested ingested = ingest(csv.append("1,\"b\n1,c").toString());
    assertThat(ingested.report.mapped()).isEqualTo(rows + 1);
    assertThat(ingested.report.raw()).isEqualTo(2);
    assertThat(ingested.json(0).at("/not_mapped/because").asText())
        .isEqualTo("a quote is opened and not closed within 2,097,152 bytes");
    assertThat(ingested.json(rows + 1).at("/not_mapped/line").asInt()).isEqualTo(rows + 3);
  }

  @Test
  void blanksAroundCellsAndQuotesBehindABlankAreNoPartOfThem() {
    Ingested ingested =
        ingest("timestamp, user_id ,page , price\n1, u , \"/a,b\" , 12.50 \n1,v,\" /c \",3\n");
    assertThat(ingested.json(0).get("user_id").asText()).isEqualTo("u");
    assertThat(ingested.json(0).get("page").asText()).isEqualTo("/a,b");
    assertThat(ingested.value(0)).contains("\"price\":12.50}");
    assertThat(ingested.json(1).get("page").asText()).isEqualTo(" /c ");
  }

  @Test
  void aBlankIdIsNone() {
    Ingested ingested = ingest("event_id,timestamp,user_id\n\"  \",1,u\n,1,u\nown,1,u\n");
    assertThat(new HashSet<>(ingested.values())).hasSize(3);
    assertThat(ingested.report.derivedIds()).isEqualTo(2);
    assertThat(ingested.json(2).get("event_id").asText()).isEqualTo("own");
  }

  @Test
  void aDelimiterInsideQuotesIsNoDelimiter() {
    Ingested ingested = ingest("timestamp,\"a;b;c;d\",user_id\n1,x,u\n");
    assertThat(ingested.json(0).get("a;b;c;d").asText()).isEqualTo("x");
  }

  @Test
  void excelsLineThatNamesADelimiterIsTaken() {
    Ingested ingested = ingest("sep=;\r\ntimestamp;user_id;a,b,c,d\r\n1;u;x\r\n1\r\n");
    assertThat(ingested.json(0).get("a,b,c,d").asText()).isEqualTo("x");
    assertThat(ingested.json(1).at("/not_mapped/line").asInt()).isEqualTo(4);
  }

  @Test
  void anIndexColumnWithoutANameIsTaken() {
    Ingested ingested = ingest(",timestamp,user_id\n0,1,u\n");
    assertThat(ingested.json(0).get("column_1").asText()).isEqualTo("0");
    assertThat(ingested.json(0).get("user_id").asText()).isEqualTo("u");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timestamp,user_id,a,user_id\\n1 | the name user_id stands twice, for column 2 and column 4",
        "timestamp,user_id,,b\\n1        | column 3 of 4 has no name",
        "timestamp,\"user_id\\n1,2\\n    | in its first line a quote is opened and never closed",
        "timestamp,\"user\"id\\n1\\n     | in its first line a quote inside a quoted cell is not doubled",
        "timestamp,user_id\\r1,2\\r      | Its lines end in a carriage return alone.",
      })
  void aHeaderThatCannotBeUsedSaysWhy(String content, String reason) {
    Ingested ingested = ingest(content.replace("\\n", "\n").replace("\\r", "\r"));
    assertThat(ingested.problem().reason()).contains(reason);
    assertThat(ingested.report.nothingDone()).isTrue();
  }

  @Test
  void aHeaderInAnotherEncodingSaysSoAndIsTakenWithIt() {
    byte[] latin = "timestamp,user_id,größe\n1,ü,€\n".getBytes(Charset.forName("windows-1252"));
    Path file = Ingested.file(folder, latin);
    assertThat(Ingested.of(file).problem().reason()).isEqualTo("Its header is not UTF-8.");
    assertThat(Ingested.of(file).problem().remedy()).contains("--encoding windows-1252");
    Ingested taken = Ingested.of(Charset.forName("windows-1252"), file);
    assertThat(taken.json(0).get("größe").asText()).isEqualTo("€");
    assertThat(taken.json(0).get("user_id").asText()).isEqualTo("ü");
    byte[] utf16 = "\uFEFFtimestamp;user_id\r\n1;ü\r\n".getBytes(StandardCharsets.UTF_16LE);
    assertThat(Ingested.of(Ingested.file(folder, utf16)).json(0).get("user_id").asText())
        .isEqualTo("ü");
  }

  @Test
  void aRowInAnotherEncodingGoesAsItIs() {
    byte[] latin = "timestamp,user_id\n1,ü\n1,u\n".getBytes(StandardCharsets.ISO_8859_1);
    Ingested ingested = Ingested.of(Ingested.file(folder, latin));
    assertThat(ingested.report.raw()).isEqualTo(1);
    assertThat(ingested.report.mapped()).isEqualTo(1);
  }

  @Test
  void theMappedColumnWinsAndTheOtherIsKept() {
    Ingested ingested =
        Ingested.of(
            Map.of("user_id", "customer"),
            Ingested.file(folder, "timestamp,user_id,customer\n1,u,c\n1,u,\n1,,c\n"));
    assertThat(ingested.sink.keys).containsExactly("c", "u", "c");
    assertThat(ingested.json(0).get("user_id").asText()).isEqualTo("c");
    assertThat(ingested.json(0).get("$.user_id").asText()).isEqualTo("u");
    assertThat(ingested.json(1).get("user_id").asText()).isEqualTo("u");
  }

  @Test
  void aMappedColumnThatIsNotThereIsRefusedWithTheOneThatWasMeant() {
    Ingested ingested =
        Ingested.of(
            Map.of("user_id", "custmer"), Ingested.file(folder, "timestamp,customer\n1,2\n"));
    assertThat(ingested.problem().remedy()).isEqualTo("Did you mean --map user_id=customer?");
  }

  @Test
  void rowsAreTheSameWhereverABufferEnds() {
    StringBuilder csv = new StringBuilder("timestamp,user_id,page\n");
    for (int i = 0; i < 20_000; i++) {
      csv.append("1,u").append(i).append(",\"/").append("é\n\"\"".repeat(i % 7)).append("\"\n");
    }
    Ingested ingested = ingest(csv.toString());
    assertThat(ingested.report.mapped()).isEqualTo(20_000);
    assertThat(IntStream.range(0, 20_000).mapToObj(i -> ingested.json(i).get("page").asText()))
        .containsExactlyElementsOf(
            IntStream.range(0, 20_000).mapToObj(i -> "/" + "é\n\"".repeat(i % 7)).toList());
    assertThat(new HashSet<>(ingested.values())).hasSize(20_000);
  }

  @Test
  void theIdsOfFilesIngestedBeforeStayAsTheyWere() {
    List<String> ids =
        List.of("timestamp,user_id\r\n1,\"a\r\nb\"\r\n\r\n2,c\r\n2,c", "timestamp,user_id\n2,c\n")
            .stream()
            .map(this::ingest)
            .flatMap(i -> IntStream.range(0, i.values().size()).mapToObj(i::json))
            .map(event -> event.get("event_id").asText())
            .toList();
    LineId expected = new LineId();
    assertThat(ids.subList(0, 3))
        .containsExactly(
            expected.next(bytes("1,\"a\r\nb\"")),
            expected.next(bytes("2,c")),
            expected.next(bytes("2,c")));
    assertThat(ids.get(3)).isEqualTo("74ee9b43-79a6-8c22-885e-fb8198d6780a").isEqualTo(ids.get(1));
  }

  @Test
  void aRowOfManyCellsIsNotTakenApart() {
    String[] cells = new String[CsvRows.MOST_CELLS + 5];
    Arrays.fill(cells, "x");
    Ingested ingested = ingest("timestamp,user_id\n" + String.join(",", cells) + "\n1,u\n");
    assertThat(ingested.json(0).at("/not_mapped/because").asText()).contains("20,000 cells");
    assertThat(ingested.json(1).get("user_id").asText()).isEqualTo("u");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Ingested ingest(String content) {
    return Ingested.of(Ingested.file(folder, content));
  }
}
