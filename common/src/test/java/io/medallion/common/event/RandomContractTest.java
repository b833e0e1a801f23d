package io.medallion.common.event;

import static io.medallion.common.event.RandomContract.pick;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.medallion.common.contract.Contracts;
import io.medallion.common.event.RandomContract.Source;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random contracts and random events: the parser finds what a plain reader finds. */
class RandomContractTest {
  private static final int CONTRACTS = 150;
  private static final int EVENTS = 60;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final List<String> TIMES =
      List.of(
          "\"2026-05-01T10:00:00Z\"",
          "\"2026-05-01T10:00:00.123456789+02:00\"",
          "\"2026-05-01 10:00:00,5+02:00\"",
          "\"2026-05-01 10:00:00\"",
          "\"2026-05-01T10:00:00.5\"",
          "\" 2026-05-01T10:00:00Z \"",
          "\"2026-05-01T10:00:00+02:00[Europe/Berlin]\"",
          "\"2026-05-01T10:00:00Z[Europe/Atlantis]\"",
          "\"2026-05-01T10:00:00[Europe/Berlin]\"",
          "\"2031-01-01T00:00:00Z\"",
          "1777629600",
          "1777629600123",
          "1777629600.123456",
          "1777629600123456",
          "1777629600123456789",
          "\"1777629600123\"",
          "\"1777629600\"",
          "0",
          "\"soon\"",
          "true",
          "null");
  private static final List<String> TYPES =
      List.of("bought it", "Back", "cart", "CART ", "seen", "purchase", "view", "click", "Else");
  private static final List<String> PRICES =
      List.of(
          "12.5",
          "-12.5",
          "0",
          "836.9999999999998",
          "-836.9999999999998",
          "0.0000004",
          "999999999999.9999999",
          "1000000000000",
          "\"12,50\"",
          "\"1.234,50\"",
          "\" 12.50 \"",
          "\" -3,5\"",
          "\"free\"",
          "[1]",
          "\" \"",
          "null");
  private static final List<String> ADDRESSES =
      List.of(
          "\"203.0.113.7\"",
          "\"203.0.113.7, 10.0.0.1,192.0.2.4:80\"",
          "[\"203.0.113.7:443\",\"10.0.0.1\"]",
          "7",
          "null");
  private static final List<String> PRODUCTS = List.of("\"p1\"", "17", "1.5", "{\"id\":1}", "null");
  private static final List<String> PAGES =
      List.of(
          "/",
          "https://shop.example",
          "https://shop.example/A/b/?id=1&tab=2",
          "/shoes/index.html",
          "/index.html?tab=x#/cart/?id=3",
          "https://shop.example/App/#!/Cart",
          "/sch%C3%B6n/",
          "/a#top",
          "/a?ids=1&id");

  @Test
  void theParserFindsWhatAPlainReaderFinds() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("RandomContractTest seed " + seed);
    RandomGenerator random = new Random(seed);
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("../docs/contract.schema.json")));
    for (int i = 0; i < CONTRACTS; i++) {
      RandomContract contract = RandomContract.of(random);
      String yaml = contract.yaml();
      assertThat(schema.validate(yaml, InputFormat.YAML)).as(yaml).isEmpty();
      EventRules rules = EventRules.defaults().with(Contracts.of(yaml));
      EventParser parser = new EventParser(rules);
      for (int n = 0; n < EVENTS; n++) {
        ObjectNode event = event(random, contract);
        String json = event.toString();
        String found = outcome(rules, Records.parse(parser, json.getBytes(StandardCharsets.UTF_8)));
        JsonNode read = JSON.readTree(json);
        assertThat(found)
            .as(() -> "seed %d%n%s%n%s".formatted(seed, yaml, json))
            .isEqualTo(new PlainReader(contract, read).outcome());
      }
    }
  }

  /** Records of several events, some of what they say said once for all of them. */
  @Test
  void eachEventOfARecordIsWhatAPlainReaderFinds() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("RandomContractTest seed of batches " + seed);
    RandomGenerator random = new Random(seed);
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(Path.of("../docs/contract.schema.json")));
    List<String> mayBeShared = List.of("ip", "currency", "page", "quantity", "type", "free");
    for (int i = 0; i < CONTRACTS; i++) {
      RandomContract contract = RandomContract.of(random);
      List<String> path = random.nextBoolean() ? List.of("batch") : List.of("data", "events");
      List<String> shared = mayBeShared.stream().filter(name -> random.nextInt(3) == 0).toList();
      ObjectNode declared = (ObjectNode) JSON.readTree(contract.yaml());
      ObjectNode batch = declared.putObject("batch").put("from", String.join(".", path));
      if (!shared.isEmpty()) {
        shared.forEach(batch.putArray("share")::add);
      }
      String yaml = declared.toPrettyString();
      assertThat(schema.validate(yaml, InputFormat.YAML)).as(yaml).isEmpty();
      EventRules rules = EventRules.defaults().with(Contracts.of(yaml));
      EventParser parser = new EventParser(rules);
      RecordDivider divider = new RecordDivider(rules.contract().batch());
      for (int n = 0; n < EVENTS / 6; n++) {
        ObjectNode record = JSON.createObjectNode();
        // What nobody shares is no part of an event, whatever its name.
        for (String name : mayBeShared) {
          if (random.nextBoolean()) {
            JsonNode value = event(random, contract).get(name);
            if (value != null) {
              record.set(name, value);
            }
          }
        }
        ArrayNode events = JSON.createArrayNode();
        for (int e = random.nextInt(1, 6); e > 0; e--) {
          ObjectNode event = event(random, contract);
          shared.stream().filter(name -> random.nextBoolean()).forEach(event::remove);
          events.add(event);
        }
        ObjectNode around = record;
        for (String name : path.subList(0, path.size() - 1)) {
          around = around.putObject(name);
        }
        around.set(path.get(path.size() - 1), events);
        String json = record.toString();
        List<byte[]> divided = divider.divide(json.getBytes(StandardCharsets.UTF_8)).events();
        JsonNode read = JSON.readTree(json);
        assertThat(divided).hasSize(events.size());
        for (int e = 0; e < divided.size(); e++) {
          ObjectNode plain = (ObjectNode) read.at("/" + String.join("/", path)).get(e);
          for (String name : shared) {
            if (read.has(name) && !plain.has(name)) {
              plain.set(name, read.get(name));
            }
          }
          assertThat(outcome(rules, Records.parse(parser, divided.get(e))))
              .as(() -> "seed %d%n%s%n%s".formatted(seed, yaml, json))
              .isEqualTo(new PlainReader(contract, plain).outcome());
        }
      }
    }
  }

  private static String outcome(EventRules rules, ParsedEvent event) {
    if (!event.isGood()) {
      return new TreeSet<>(Records.codes(event)).toString();
    }
    Map<String, String> columns = new TreeMap<>();
    for (String name : List.of("event_type", "currency", "ip_address", "product_id", "page")) {
      if (event.text(rules.column(name)) != null) {
        columns.put(name, event.text(rules.column(name)));
      }
    }
    for (String name : List.of("event_time", "price", "quantity")) {
      if (event.has(rules.column(name))) {
        columns.put(name, String.valueOf(event.number(rules.column(name))));
      }
    }
    return columns + " " + new TreeSet<>(event.flags());
  }

  private static ObjectNode event(RandomGenerator random, RandomContract contract)
      throws IOException {
    ObjectNode event = JSON.createObjectNode();
    event.put("user_id", "u");
    put(event, random, contract.time(), "time", "timestamp", json(random, TIMES));
    for (String name : List.of("event_type", "type", "event", "what")) {
      if (random.nextInt(3) == 0) {
        event.put(name, pick(random, TYPES));
      }
    }
    put(event, random, contract.price(), "price", "price", json(random, PRICES));
    if (random.nextBoolean()) {
      event.put("quantity", random.nextInt(-2, 4));
    }
    event.set("currency", json(random, List.of("\" eur\"", "\"EUR\"", "5", "null")));
    event.set("ip", json(random, ADDRESSES));
    put(event, random, contract.product(), "product", "product_id", json(random, PRODUCTS));
    if (random.nextBoolean()) {
      event.put("page", pick(random, PAGES));
    }
    if (random.nextInt(5) == 0) {
      event.put("free", BigDecimal.ONE).putObject("more").put("a", 1);
    }
    return event;
  }

  private static JsonNode json(RandomGenerator random, List<String> of) throws IOException {
    return JSON.readTree(pick(random, of));
  }

  /** At its declared place, under our own name, or both. */
  private static void put(
      ObjectNode event,
      RandomGenerator random,
      Source source,
      String name,
      String ours,
      JsonNode value) {
    if (source == null || random.nextInt(4) == 0) {
      event.set(ours, value);
    }
    if (source != null) {
      source.put(event, name, value);
    }
  }
}
