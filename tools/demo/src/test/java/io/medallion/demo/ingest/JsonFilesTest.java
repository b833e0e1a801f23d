package io.medallion.demo.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFilesTest {
  private static final String ID = "\"event_id\":\"[0-9a-f-]{36}\"";

  @TempDir Path folder;

  @Test
  void anArrayGivesItsElementsWithIdsFromTheirBytes() {
    Ingested one = ingest("[{\"timestamp\": 1, \"user_id\": \"u\"}]");
    assertThat(one.value(0)).matches("\\{" + ID + ",\"timestamp\": 1, \"user_id\": \"u\"}");
    assertThat(one.sink.keys).containsExactly("u");
    Ingested pretty =
        ingest(
            "[\n  {\n    \"user_id\": \"[],{\\\"}\\\\\"\n  },\r\n  {\"a\": [1, {\"b\": 2}]} ,7\n]\n");
    assertThat(pretty.values()).hasSize(3);
    assertThat(pretty.value(0)).startsWith("{\"event_id\"").endsWith("\n  }");
    assertThat(pretty.json(0).get("user_id").asText()).isEqualTo("[],{\"}\\");
    assertThat(pretty.value(1)).matches("\\{" + ID + ",\"a\": \\[1, \\{\"b\": 2}]}");
    assertThat(pretty.value(2)).isEqualTo("7");
    assertThat(pretty.report.isComplete()).isTrue();
    assertThat(ingest("[]\n").report.isComplete()).isTrue();
    assertThat(ingest(" [ ] ").values()).isEmpty();
  }

  @Test
  void equalElementsHaveDifferentIdsAndTheSameTheSecondTime() {
    String array = "[{\"a\":1},{\"a\":1},\n{\"a\":1}]";
    List<String> values = ingest(array).values();
    assertThat(new HashSet<>(values)).hasSize(3);
    assertThat(ingest(array).values()).isEqualTo(values);
    assertThat(ingest("{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n").values()).isEqualTo(values);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[{\"a\":1},", "[{\"a\":1},{\"b\":\"", "[{\"a\":1},]", "[{\"a\":1}]\n[2]"})
  void aBrokenArrayIsAnErrorBehindWhatWasSent(String array) {
    Ingested broken = ingest(array);
    assertThat(broken.values()).hasSize(1);
    assertThat(broken.problem().reason())
        .contains("a JSON array, and a broken one")
        .contains("byte");
    assertThat(broken.report.isComplete()).isFalse();
  }

  @Test
  void anElementLongerThanAnEventIsNamedAndTheOthersAreTaken() {
    Ingested ingested = ingest("[{\"a\":1},\n{\"a\":\"" + "x".repeat(1 << 20) + "\"},\n{\"b\":1}]");
    assertThat(ingested.values()).hasSize(2);
    assertThat(ingested.notSent)
        .containsExactly(
            "2: 1,048,584 bytes are more than silver.max-event-size, 1,048,576: not sent");
    assertThat(ingested.report.isComplete()).isFalse();
  }

  @Test
  void whatTheContractTakesGetsAnId() {
    List<String> legal =
        List.of(
            "{\"properties\":{\"a\":1,\"a\":2}}",
            "{\"n\":" + "1".repeat(1_001) + "}",
            "{\"" + "n".repeat(50_001) + "\":1}",
            "{\"x\":NaN}",
            "{\"\\ud800\":1}",
            "{\"a\":1,\"a\":2}");
    Ingested ingested = ingest(String.join("\n", legal));
    for (int i = 0; i < legal.size(); i++) {
      assertThat(ingested.value(i)).matches("\\{" + ID + "," + ".*");
      assertThat(ingested.value(i)).endsWith(legal.get(i).substring(1));
    }
    assertThat(ingest(String.join("\n", legal)).values()).isEqualTo(ingested.values());
  }

  @Test
  void aBlankIdIsNoneAndAWrongOneStays() {
    Ingested ingested =
        ingest(
            "{\"event_id\":\"  \",\"a\":1}\n{\"event_id\" : \"\\u00a0\\t\"}\n{\"event_id\":1.5}\n");
    assertThat(ingested.value(0)).matches("\\{" + ID + ",\"a\":1}");
    // A no-break space is not blank, neither here nor there.
    assertThat(ingested.parsed(1).hasOwnId()).isTrue();
    assertThat(ingested.value(1)).isEqualTo("{\"event_id\" : \"\\u00a0\\t\"}");
    assertThat(ingested.value(2)).isEqualTo("{\"event_id\":1.5}");
    assertThat(ingested.report.derivedIds()).isEqualTo(1);
  }

  @Test
  void whateverTheParserReadsToItsEndIsIdentifiedAndStaysTheSameEvent() {
    Random random = new Random(26);
    String[] pieces = {
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\"a\"",
      "\"event_id\"",
      "\"\"",
      "\" \"",
      "null",
      "1",
      "-0.5e3",
      "NaN",
      "\"\\u005f\\\"\"",
      "\"ü\"",
      " ",
      "\"user_id\":\"u\"",
      "{\"a\":1}",
      "\uFEFF",
      "x"
    };
    StringBuilder lines = new StringBuilder("{\"first\":1}\n");
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder(random.nextInt(9) > 0 ? "{" : "");
      for (int n = random.nextInt(8); n >= 0; n--) {
        line.append(pieces[random.nextInt(pieces.length)]);
      }
      lines.append(line).append(random.nextInt(9) > 0 ? "}" : "").append('\n');
    }
    Ingested ingested = ingest(lines.toString());
    int events = 0;
    for (int i = 0; i < ingested.values().size(); i++) {
      if (ingested.parsed(i).isWhole()) {
        events++;
        assertThat(
                ingested.parsed(i).hasOwnId()
                    || ingested.parsed(i).reasons().stream()
                        .anyMatch(
                            r ->
                                r.code() == ReasonCode.WRONG_TYPE
                                    || r.code() == ReasonCode.DUPLICATE_KEY))
            .as(ingested.value(i))
            .isTrue();
      }
    }
    assertThat(events).isGreaterThan(200);
    assertThat(ingested.report.mapped()).isEqualTo(events);
  }

  @Test
  void aMappedNameMayBeTheFirstOfALine() {
    Map<String, String> columns = Map.of("timestamp", "when", "user_id", "customer");
    Ingested ingested =
        ingest(
            columns,
            "{\"when\": \"2026-05-03T10:00:00Z\", \"customer\": \"a\", \"page\": \"/a\"}\n{ \"customer\":1}\n");
    assertThat(ingested.value(0))
        .matches(
            "\\{"
                + ID
                + ",\"timestamp\": \"2026-05-03T10:00:00Z\", \"user_id\": \"a\", \"page\": \"/a\"}");
    assertThat(ingested.parsed(0).isGood()).isTrue();
    assertThat(ingested.value(1)).matches("\\{" + ID + ", \"user_id\":1}");
    assertThat(ingested.sink.keys).containsExactly("a", "1");
  }

  @Test
  void theMappedNameWinsAndTheOtherIsKept() {
    Ingested ingested =
        ingest(
            Map.of("user_id", "customer"),
            """
            {"timestamp":"2026-05-03T10:00:00Z","user_id":"other","customer":"c"}
            {"timestamp":"2026-05-03T10:00:00Z","user_id":"u","customer":" "}
            {"user_id":"u","customer":"c","customer":"d"}
            """);
    assertThat(ingested.parsed(0).isGood()).isTrue();
    assertThat(ingested.parsed(0).visitor()).isEqualTo("c");
    assertThat(ingested.parsed(0).properties()).isEqualTo("{\"$.user_id\":\"other\"}");
    assertThat(ingested.parsed(1).visitor()).isEqualTo("u");
    assertThat(ingested.sink.keys.subList(0, 2)).containsExactly("c", "u");
    assertThat(ingested.parsed(2).reasons())
        .anyMatch(reason -> reason.code() == ReasonCode.DUPLICATE_KEY);
  }

  @Test
  void namesMayBeSwapped() {
    Ingested ingested =
        ingest(
            Map.of("user_id", "session_id", "session_id", "user_id"),
            "{\"event_id\":\"1\",\"user_id\":\"s\",\"session_id\":\"u\"}\n");
    assertThat(ingested.value(0))
        .isEqualTo("{\"event_id\":\"1\",\"session_id\":\"s\",\"user_id\":\"u\"}");
  }

  @Test
  void aMappedPathLeadsIntoObjects() {
    Ingested ingested =
        ingest(
            Map.of("user_id", "payload.user.id", "page", "a\\.b", "price", "not.there"),
            "\uFEFF{\"payload\":{\"user\":{\"id\":\"ü\"}},\"a.b\":\"/x\",\"user_id\":2}\n{\"payload\":3}\n");
    assertThat(ingested.value(0))
        .matches(
            "\\{"
                + ID
                + ",\"user_id\":\"ü\",\"payload\":\\{\"user\":\\{\"id\":\"ü\"}},"
                + "\"page\":\"/x\",\"\\$.user_id\":2}");
    assertThat(ingested.parsed(0).visitor()).isEqualTo("ü");
    assertThat(ingested.reports.get(0).unseenPaths()).containsExactly("not.there");
  }

  @Test
  void aFieldThatTheContractDoesNotHaveIsRefusedWithTheOneThatWasMeant() {
    assertThatThrownBy(() -> ingest(Map.of("userid", "customer"), "{}"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.remedy()).isEqualTo("Did you mean --map user_id?"));
    assertThatThrownBy(() -> ingest(Map.of("event_time", "when"), "{}"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.remedy()).isEqualTo("Did you mean --map timestamp?"));
  }

  @Test
  void anEventUpToTheLimitGoesInWholeAndALongerOneIsNamed() {
    String most = "{\"event_id\":\"1\",\"a\":\"" + "x".repeat((1 << 20) - 23) + "\"}";
    Ingested ingested = ingest(most + "\r\n" + most + " \n{\"b\":1}");
    assertThat(most).hasSize(1 << 20);
    assertThat(ingested.value(0)).isEqualTo(most);
    assertThat(ingested.values()).hasSize(2);
    assertThat(ingested.notSent)
        .containsExactly(
            "2: 1,048,577 bytes are more than silver.max-event-size, 1,048,576: not sent");
    assertThat(ingested.report.notSent()).isEqualTo(1);
    assertThat(ingested.report.nothingDone()).isFalse();
    assertThat(ingested.report.isComplete()).isFalse();
  }

  @Test
  void anEncodingIsTakenFromItsMarkOrFromTheUser() {
    String lines = "{\"event_id\":\"1\",\"user_id\":\"ü€\"}\n";
    for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-8")) {
      byte[] marked = ("\uFEFF" + lines).getBytes(java.nio.charset.Charset.forName(charset));
      assertThat(Ingested.of(Ingested.file(folder, marked)).value(0) + "\n").isEqualTo(lines);
    }
    byte[] latin = "{\"event_id\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(Ingested.of(StandardCharsets.ISO_8859_1, Ingested.file(folder, latin)).value(0))
        .isEqualTo("{\"event_id\":\"ü\"}");
    Ingested unmarked =
        Ingested.of(Ingested.file(folder, lines.getBytes(StandardCharsets.UTF_16LE)));
    assertThat(unmarked.problem().remedy()).isEqualTo("Say which it is: --encoding UTF-16LE");
  }

  @Test
  void aPipeIsReadAsAFileIs() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    String lines = "{\"event_id\":\"1\"}\n".repeat(30_000);
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.writeString(pipe, lines);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    Ingested ingested = Ingested.of(pipe);
    writing.get();
    assertThat(ingested.report.problem()).isEmpty();
    assertThat(ingested.values()).hasSize(30_000);
  }

  @Test
  void aDashIsStandardInput() {
    InputStream before = System.in;
    try {
      System.setIn(
          new ByteArrayInputStream("{\"event_id\":\"1\"}".getBytes(StandardCharsets.UTF_8)));
      assertThat(Ingested.of(Path.of("-")).values()).containsExactly("{\"event_id\":\"1\"}");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aMissingFileAndAFolderSayWhatToDo() {
    assertThat(Ingested.of(folder.resolve("missing")).problem().reason())
        .isEqualTo("There is no such file.");
    assertThat(Ingested.of(folder).problem().remedy()).contains("--watch");
  }

  @Test
  void oneBrokenFileDoesNotKeepTheNextFromBeingTaken() {
    Ingested ingested =
        Ingested.of(Ingested.file(folder, "null\n"), Ingested.file(folder, "{\"event_id\":\"1\"}"));
    assertThat(ingested.values()).hasSize(1);
    assertThat(ingested.reports).hasSize(2);
    assertThat(ingested.report.failed()).isEqualTo(1);
    assertThat(ingested.report.nothingDone()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"batch\":[{\"a\":1},{\"b\":1}]}\n{\"c\":1}\n",
        "[{\"batch\":[{\"a\":1},{\"b\":1}]},\n{\"c\":1}]"
      })
  void eventsOfAnEnvelopeAreRecordsOfTheirOwn(String content) throws IOException {
    Path contract = Files.writeString(folder.resolve("contract.yaml"), "batch: {from: batch}");
    IngestSettings settings =
        new IngestSettings(
            Map.of(),
            "topic",
            Map.of(),
            EventRules.defaults().with(Contract.read(contract.toString())),
            StandardCharsets.UTF_8);
    Ingested ingested = Ingested.of(settings, Ingested.file(folder, content));
    assertThat(ingested.values())
        .satisfiesExactly(
            value -> assertThat(value).matches("\\{" + ID + ",\"a\":1}"),
            value -> assertThat(value).matches("\\{" + ID + ",\"b\":1}"),
            value -> assertThat(value).matches("\\{" + ID + ",\"c\":1}"));
    assertThat(Ingested.of(settings, Ingested.file(folder, content)).values())
        .isEqualTo(ingested.values());
  }

  private Ingested ingest(String content) {
    return ingest(Map.of(), content);
  }

  private Ingested ingest(Map<String, String> columns, String content) {
    return Ingested.of(columns, Ingested.file(folder, content));
  }
}
