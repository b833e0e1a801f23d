package io.medallion.common.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What a contract may declare of a producer's words, at random, and as its YAML. */
record RandomContract(
    Source time,
    String unit,
    String zone,
    boolean timeBlanks,
    boolean timeComma,
    boolean bracketedZone,
    List<String> types,
    Map<String, String> words,
    Source price,
    boolean priceBlanks,
    boolean priceComma,
    boolean round,
    boolean negativePrice,
    boolean negativeQuantity,
    boolean currencyBlanks,
    boolean upperCurrency,
    String address,
    Source product,
    Set<String> lenientFields,
    boolean lenientAll,
    boolean slash,
    boolean lowerPage,
    boolean index,
    boolean decode,
    boolean hashRoutes,
    List<String> query) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Where a value is: at the top, in an object, or in an array. */
  enum Source {
    TOP,
    OBJECT,
    FIRST,
    BY_KEY;

    String path(String name) {
      return switch (this) {
        case TOP -> "my_" + name;
        case OBJECT -> "my." + name;
        case FIRST -> "list_%s[0].%s".formatted(name, name);
        case BY_KEY -> "params[key=%s].value.%s".formatted(name, name);
      };
    }

    /** The value of a field; null or missing if it is not there. */
    JsonNode in(JsonNode event, String name) {
      return switch (this) {
        case TOP -> event.get("my_" + name);
        case OBJECT -> event.path("my").path(name);
        case FIRST -> event.path("list_" + name).path(0).path(name);
        case BY_KEY -> byKey(event.path("params"), name);
      };
    }

    private static JsonNode byKey(JsonNode params, String name) {
      for (JsonNode one : params) {
        if (one.path("key").asText().equals(name)) {
          return one.path("value").path(name);
        }
      }
      return null;
    }

    void put(ObjectNode event, String name, JsonNode value) {
      switch (this) {
        case TOP -> event.set("my_" + name, value);
        case OBJECT -> event.withObjectProperty("my").set(name, value);
        case FIRST -> event.putArray("list_" + name).addObject().set(name, value);
        case BY_KEY -> {
          ArrayNode params = event.withArrayProperty("params");
          params.addObject().put("key", "other").put("value", 1);
          ObjectNode one = params.addObject();
          one.putObject("value").set(name, value);
          one.put("key", name);
        }
      }
    }
  }

  static RandomContract of(RandomGenerator random) {
    Map<String, String> words = new TreeMap<>();
    Map.of("Bought It", "purchase", "Back", "refund", "cart", "cart", "seen", "page_view")
        .forEach(
            (theirs, ours) -> {
              if (random.nextBoolean()) {
                words.put(theirs, ours);
              }
            });
    List<String> types =
        pick(random, List.of(List.of(), List.of("event", "type"), List.of("what", "event")));
    return new RandomContract(
        pick(random, sources()),
        pick(random, nullable("s", "ms", "us", "ns")),
        pick(random, nullable("Europe/Berlin", "UTC")),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        types,
        words,
        pick(random, sources()),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        pick(random, nullable("first", "last", "2")),
        pick(random, sources()),
        random.nextBoolean() ? Set.of("price", "ip_address") : Set.of(),
        random.nextInt(4) == 0,
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        pick(random, List.of(List.of(), List.of("id"), List.of("tab", "id"))));
  }

  private static List<Source> sources() {
    List<Source> sources = new ArrayList<>(List.of(Source.values()));
    sources.add(null);
    return sources;
  }

  private static List<String> nullable(String... texts) {
    List<String> all = new ArrayList<>(List.of(texts));
    all.add(null);
    return all;
  }

  static <T> T pick(RandomGenerator random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  boolean lenient(String field) {
    return lenientAll || lenientFields.contains(field);
  }

  /** YAML is JSON, too. */
  String yaml() {
    ObjectNode yaml = JSON.createObjectNode();
    ObjectNode fields = yaml.putObject("fields");
    ObjectNode ofTime = fields.putObject("timestamp");
    from(ofTime, time, "time");
    put(ofTime, "unit", unit);
    put(ofTime, "zone", zone);
    accept(ofTime, accepted(timeBlanks, timeComma, bracketedZone));
    ObjectNode ofType = fields.putObject("event_type");
    if (!types.isEmpty()) {
      types.forEach(ofType.putArray("from")::add);
    }
    words.forEach(ofType.putObject("map")::put);
    ObjectNode ofPrice = fields.putObject("price");
    from(ofPrice, price, "price");
    accept(ofPrice, accepted(priceBlanks, priceComma, false));
    ofPrice.put("round", round);
    put(ofPrice, "negative", negativePrice ? "refund" : null);
    if (lenientFields.contains("price")) {
      ofPrice.put("optional", "lenient");
    }
    put(fields.putObject("quantity"), "negative", negativeQuantity ? "refund" : null);
    ObjectNode ofCurrency = fields.putObject("currency");
    accept(ofCurrency, accepted(currencyBlanks, false, false));
    put(ofCurrency, "case", upperCurrency ? "upper" : null);
    ObjectNode ofAddress = fields.putObject("ip_address");
    if ("2".equals(address)) {
      ofAddress.put("address", 2);
    } else {
      put(ofAddress, "address", address);
    }
    if (lenientFields.contains("ip_address")) {
      ofAddress.put("optional", "lenient");
    }
    from(fields.putObject("product_id"), product, "product");
    yaml.put("optional", lenientAll ? "lenient" : "strict");
    ObjectNode pages = yaml.putObject("pages");
    pages.put("trailing_slash", slash ? "drop" : "keep").put("case", lowerPage ? "lower" : "keep");
    pages.put("index", index ? "drop" : "keep").put("hash_routes", hashRoutes);
    pages.put("percent_encoding", decode ? "decode" : "keep");
    if (!query.isEmpty()) {
      query.forEach(pages.putArray("query")::add);
    }
    return yaml.toPrettyString();
  }

  private static void from(ObjectNode field, Source source, String name) {
    put(field, "from", source == null ? null : source.path(name));
  }

  private static void put(ObjectNode field, String key, String value) {
    if (value != null) {
      field.put(key, value);
    }
  }

  private static List<String> accepted(boolean blanks, boolean comma, boolean bracketedZone) {
    Map<String, Boolean> all = new LinkedHashMap<>();
    all.put("blanks", blanks);
    all.put("comma", comma);
    all.put("bracketed_zone", bracketedZone);
    return all.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  private static void accept(ObjectNode field, List<String> ways) {
    if (!ways.isEmpty()) {
      ways.forEach(field.putArray("accept")::add);
    }
  }
}
