package io.medallion.common.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.common.event.RandomContract.Source;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an event says by a contract, read slowly from a tree, by java.time and BigDecimal, with
 * nothing of the parser's: what it should have found.
 */
final class PlainReader {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
  private static final Pattern BRACKETED = Pattern.compile("(.*(?:Z|[+-]\\d\\d:\\d\\d))\\[(.+)]");
  private static final Map<String, String> OURS =
      Map.of("view", "page_view", "cart", "add_to_cart");
  private static final Set<String> KNOWN =
      Set.of("page_view", "click", "add_to_cart", "remove_from_cart", "purchase");

  private final RandomContract contract;
  private final Map<String, String> columns = new TreeMap<>();
  private final Set<String> reasons = new TreeSet<>();
  private final Set<String> flags = new TreeSet<>();

  PlainReader(RandomContract contract, JsonNode event) {
    this.contract = contract;
    time(first(event, contract.time(), "time", "timestamp", "event_time", "event_timestamp", "ts"));
    String url = text(event.get("page"));
    String page = url == null ? null : page(url);
    BigDecimal price = price(first(event, contract.price(), "price", "price"));
    BigDecimal quantity = quantity(event.get("quantity"));
    put("currency", currency(event.get("currency")));
    put("ip_address", address(event.get("ip")));
    put("product_id", product(first(event, contract.product(), "product", "product_id")));
    type(typeOf(event), page, price, quantity);
  }

  /** Columns with a value, and the flags; or nothing but the reasons. */
  String outcome() {
    return reasons.isEmpty() ? columns + " " + flags : reasons.toString();
  }

  private void put(String column, Object value) {
    if (value != null) {
      columns.put(column, value.toString());
    }
  }

  private void fails(String code, String field, boolean lenient) {
    if (lenient) {
      flags.add("dropped_" + field);
    } else {
      reasons.add(code + " " + field);
    }
  }

  private static JsonNode first(JsonNode event, Source mapped, String name, String... names) {
    JsonNode found = present(mapped == null ? null : mapped.in(event, name));
    for (int i = 0; found == null && i < names.length; i++) {
      found = present(event.get(names[i]));
    }
    return found;
  }

  private static JsonNode present(JsonNode node) {
    boolean absent =
        node == null
            || node.isMissingNode()
            || node.isNull()
            || (node.isTextual() && node.asText().isBlank());
    return absent ? null : node;
  }

  private static String text(JsonNode node) {
    return present(node) == null ? null : node.asText();
  }

  private void time(JsonNode value) {
    if (value == null) {
      reasons.add("MISSING_FIELD timestamp");
      return;
    }
    if (!value.isTextual() && !value.isNumber()) {
      reasons.add("WRONG_TYPE timestamp");
      return;
    }
    String text = value.asText();
    if (value.isTextual() && contract.timeBlanks()) {
      text = text.strip();
    }
    if (value.isTextual() && contract.bracketedZone() && text.endsWith("]")) {
      Matcher bracketed = BRACKETED.matcher(text);
      if (!bracketed.matches() || !ZoneId.getAvailableZoneIds().contains(bracketed.group(2))) {
        reasons.add("INVALID_TIMESTAMP timestamp");
        return;
      }
      text = bracketed.group(1);
    }
    boolean isNumber =
        value.isNumber() || (contract.unit() != null && NUMBER.matcher(text).matches());
    Optional<Long> micros = isNumber ? epoch(new BigDecimal(text)) : local(text);
    micros.ifPresent(
        m -> {
          if (m < LocalDateTime.of(2010, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC) * 1_000_000) {
            reasons.add("TIMESTAMP_BEFORE_FLOOR timestamp");
          } else if (m > Records.INGESTED + 3_600_000_000L) {
            reasons.add("TIMESTAMP_AHEAD timestamp");
          }
          put("event_time", m);
        });
  }

  private Optional<Long> epoch(BigDecimal number) {
    if (contract.unit() == null) {
      if (number.compareTo(BigDecimal.valueOf(315_532_800_000L)) < 0) {
        reasons.add("TIMESTAMP_EPOCH_SECONDS timestamp");
        return Optional.empty();
      }
      return micros(number, 3);
    }
    return micros(
        number,
        switch (contract.unit()) {
          case "s" -> 6;
          case "ms" -> 3;
          case "us" -> 0;
          default -> -3;
        });
  }

  private Optional<Long> micros(BigDecimal number, int power) {
    BigDecimal micros = number.movePointRight(power).setScale(0, RoundingMode.DOWN);
    if (micros.abs().compareTo(BigDecimal.TEN.pow(18)) >= 0) {
      reasons.add("INVALID_TIMESTAMP timestamp");
      return Optional.empty();
    }
    return Optional.of(micros.longValueExact());
  }

  private Optional<Long> local(String given) {
    String text = given.replace(' ', 'T');
    if (contract.timeComma()) {
      text = text.replace(',', '.');
    }
    Instant instant;
    try {
      instant = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      try {
        LocalDateTime local = LocalDateTime.parse(text, DateTimeFormatter.ISO_LOCAL_DATE_TIME);
        if (contract.zone() == null) {
          reasons.add("TIMESTAMP_WITHOUT_ZONE timestamp");
          return Optional.empty();
        }
        instant = local.atZone(ZoneId.of(contract.zone())).toInstant();
      } catch (DateTimeParseException none) {
        reasons.add("INVALID_TIMESTAMP timestamp");
        return Optional.empty();
      }
    }
    return Optional.of(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000);
  }

  private String typeOf(JsonNode event) {
    List<String> names = new ArrayList<>(contract.types());
    names.addAll(List.of("event_type", "type", "event"));
    return names.stream()
        .map(name -> text(event.get(name)))
        .filter(type -> type != null)
        .findFirst()
        .orElse(null);
  }

  private void type(String given, String page, BigDecimal price, BigDecimal quantity) {
    String word = given == null ? null : given.strip();
    String mapped = word == null ? null : mapped(word);
    String type =
        word == null
            ? (page != null ? "page_view" : "unknown")
            : mapped != null ? mapped : own(word);
    boolean negativePrice = price != null && price.signum() < 0;
    boolean negativeQuantity = quantity != null && quantity.signum() < 0;
    boolean isRefund =
        "refund".equals(mapped) || (type.equals("purchase") && negativePrice != negativeQuantity);
    if (isRefund) {
      put("event_type", "refund");
      put("price", price == null ? null : shown(price.abs().negate(), 6));
      put("quantity", quantity == null ? null : shown(quantity.abs(), 0));
    } else {
      put("event_type", type);
      if (negativePrice) {
        fails("NUMBER_OUT_OF_RANGE", "price", contract.lenient("price"));
      }
      if (negativeQuantity) {
        fails("NUMBER_OUT_OF_RANGE", "quantity", contract.lenient("quantity"));
      }
      put("price", price == null || negativePrice ? null : shown(price, 6));
      put("quantity", quantity == null || negativeQuantity ? null : shown(quantity, 0));
    }
    String product = columns.get("product_id");
    put(
        "page",
        page == null && product != null && columns.get("event_type").equals("page_view")
            ? "product:" + product
            : page);
  }

  private static String shown(BigDecimal number, int scale) {
    return number.movePointRight(scale).setScale(0, RoundingMode.UNNECESSARY).toPlainString();
  }

  private String mapped(String word) {
    for (Map.Entry<String, String> one : contract.words().entrySet()) {
      if (one.getKey().equalsIgnoreCase(word)) {
        return one.getValue();
      }
    }
    return null;
  }

  private static String own(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    String ours = OURS.getOrDefault(lower, lower);
    return KNOWN.contains(ours) ? ours : word;
  }

  private BigDecimal price(JsonNode value) {
    boolean lenient = contract.lenient("price");
    if (value == null) {
      return null;
    }
    if (!value.isTextual() && !value.isNumber()) {
      fails("WRONG_TYPE", "price", lenient);
      return null;
    }
    String text = value.asText();
    if (value.isTextual()) {
      text = contract.priceBlanks() ? text.strip() : text;
      text = contract.priceComma() && text.matches("[^,.]*,[^,.]*") ? text.replace(',', '.') : text;
    }
    if (!NUMBER.matcher(text).matches()) {
      fails("INVALID_NUMBER", "price", lenient);
      return null;
    }
    BigDecimal number = value.isNumber() ? value.decimalValue() : new BigDecimal(text);
    if (number.stripTrailingZeros().scale() > 6) {
      if (!contract.round()) {
        boolean outside = number.abs().compareTo(new BigDecimal("999999999999.999999")) > 0;
        if (outside || (number.signum() < 0 && !contract.negativePrice())) {
          fails("NUMBER_OUT_OF_RANGE", "price", lenient);
        }
        fails("NUMBER_TOO_PRECISE", "price", lenient);
        return null;
      }
      flags.add("rounded_price");
      number = number.setScale(6, RoundingMode.HALF_UP);
    }
    boolean tooSmall = number.signum() < 0 && !contract.negativePrice();
    if (tooSmall || number.abs().compareTo(BigDecimal.TEN.pow(12)) >= 0) {
      fails("NUMBER_OUT_OF_RANGE", "price", lenient);
      return null;
    }
    return number;
  }

  private BigDecimal quantity(JsonNode value) {
    if (present(value) == null) {
      return null;
    }
    BigDecimal number = value.decimalValue();
    boolean tooSmall = number.signum() < 0 && !contract.negativeQuantity();
    if (tooSmall || number.compareTo(BigDecimal.valueOf(1_000_000)) > 0) {
      fails("NUMBER_OUT_OF_RANGE", "quantity", contract.lenient("quantity"));
      return null;
    }
    return number;
  }

  private String currency(JsonNode value) {
    if (present(value) == null) {
      return null;
    }
    if (!value.isTextual()) {
      fails("WRONG_TYPE", "currency", contract.lenient("currency"));
      return null;
    }
    String text = contract.currencyBlanks() ? value.asText().strip() : value.asText();
    return contract.upperCurrency() ? text.toUpperCase(Locale.ROOT) : text;
  }

  private String address(JsonNode value) {
    if (present(value) == null) {
      return null;
    }
    List<String> all = new ArrayList<>();
    if (value.isArray() && contract.address() != null) {
      value.forEach(one -> all.add(one.asText()));
    } else if (!value.isTextual()) {
      fails("WRONG_TYPE", "ip_address", contract.lenient("ip_address"));
      return null;
    } else if (contract.address() == null) {
      return value.asText();
    } else {
      all.addAll(List.of(value.asText().split(",", -1)));
    }
    int place =
        switch (contract.address()) {
          case "first" -> 0;
          case "last" -> all.size() - 1;
          default -> all.size() - Integer.parseInt(contract.address());
        };
    return place < 0 ? null : all.get(place).strip().replaceFirst(":\\d+$", "");
  }

  private String product(JsonNode value) {
    if (value == null) {
      return null;
    }
    if (value.isTextual() || value.isIntegralNumber()) {
      return value.asText();
    }
    fails("WRONG_TYPE", "product_id", contract.lenient("product_id"));
    return null;
  }

  /** Of {@code https://host/path?query#fragment} or a part of it from the path on. */
  private String page(String url) {
    Matcher parts =
        Pattern.compile("(?:https?://[^/?#]*)?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?").matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException(url);
    }
    String path = parts.group(1).isEmpty() ? "/" : parts.group(1);
    List<String> query =
        new ArrayList<>(List.of(Optional.ofNullable(parts.group(2)).orElse("").split("&", -1)));
    if (contract.index()) {
      path = path.replaceFirst("/index\\.html$", "/");
    }
    String fragment = Optional.ofNullable(parts.group(3)).orElse("").replaceFirst("^!", "");
    if (contract.hashRoutes() && fragment.startsWith("/")) {
      String[] route = fragment.split("\\?", 2);
      path = path.replaceFirst("/+$", "") + route[0];
      if (route.length > 1) {
        query.addAll(List.of(route[1].split("&", -1)));
      }
    }
    if (contract.decode()) {
      path = URLDecoder.decode(path, StandardCharsets.UTF_8);
    }
    if (contract.lowerPage()) {
      path = path.toLowerCase(Locale.ROOT);
    }
    if (contract.slash() && path.length() > 1) {
      path = path.replaceFirst("/+$", "");
    }
    List<String> kept = new ArrayList<>();
    for (String name : contract.query()) {
      query.stream().filter(p -> p.split("=", -1)[0].equals(name)).findFirst().ifPresent(kept::add);
    }
    return (path.isEmpty() ? "/" : path) + (kept.isEmpty() ? "" : "?" + String.join("&", kept));
  }
}
