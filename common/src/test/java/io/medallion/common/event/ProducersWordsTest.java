package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.contract.Contracts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a producer says otherwise than the event contract asks, each as its contract declares it.
 */
class ProducersWordsTest {
  private EventRules rules = EventRules.defaults();
  private ParsedEvent event;

  private ParsedEvent parse(String yaml, String json) {
    rules = EventRules.defaults().with(Contracts.of(yaml));
    event = Records.parse(new EventParser(rules), json.getBytes(StandardCharsets.UTF_8));
    return event;
  }

  private ParsedEvent with(String yaml, String members) {
    return parse(yaml, Records.event(members));
  }

  private String text(String column) {
    return event.text(rules.column(column));
  }

  private Long number(String column) {
    int number = rules.column(column);
    return event.has(number) ? event.number(number) : null;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zone: Europe/Berlin | \"2026-06-01 10:00:00\" | 2026-06-01T08:00:00Z",
        "zone: Europe/Berlin | \"2026-06-01T10:00:00.25\" | 2026-06-01T08:00:00.250Z",
        "zone: Europe/Berlin | \"2026-06-01T10:00:00Z\" | 2026-06-01T10:00:00Z",
        "zone: Europe/Berlin | \"2025-10-26 02:30:00\" | 2025-10-26T00:30:00Z",
        "zone: +05:30 | \"2026-06-01 10:00\" | 2026-06-01T04:30:00Z",
        "unit: s | 1780308000 | 2026-06-01T10:00:00Z",
        "unit: s | 1780308000.1234567 | 2026-06-01T10:00:00.123456Z",
        "unit: s | \"1780308000\" | 2026-06-01T10:00:00Z",
        "unit: ms | \"1780308000123\" | 2026-06-01T10:00:00.123Z",
        "unit: us | 1780308000123456 | 2026-06-01T10:00:00.123456Z",
        "unit: us | \"1780308000123456\" | 2026-06-01T10:00:00.123456Z",
        "unit: ns | 1780308000123456789 | 2026-06-01T10:00:00.123456Z",
        "unit: s | \"2026-06-01T10:00:00Z\" | 2026-06-01T10:00:00Z",
        "accept: comma | \"2026-06-01T10:00:00,5Z\" | 2026-06-01T10:00:00.500Z",
        "accept: bracketed_zone | \"2026-06-01T12:00:00+02:00[Europe/Berlin]\" | 2026-06-01T10:00:00Z",
        "accept: bracketed_zone | \"2026-06-01T10:00Z[UTC]\" | 2026-06-01T10:00:00Z",
        "accept: blanks | \"  2026-06-01T10:00:00Z \" | 2026-06-01T10:00:00Z",
        "'accept: [blanks, comma], zone: UTC' | \" 2026-06-01 10:00:00,5 \" | 2026-06-01T10:00:00.500Z"
      })
  void timesAreReadAsDeclared(String rule, String time, String expected) {
    parse(
        "fields: {timestamp: {%s}}".formatted(rule),
        "{\"user_id\":\"u\",\"timestamp\":%s}".formatted(time));

    assertThat(Records.codes(event)).isEmpty();
    assertThat(Instant.EPOCH.plus(event.eventTimeMicros(), ChronoUnit.MICROS))
        .isEqualTo(Instant.parse(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zone: Europe/Berlin | \"2026-03-29 02:30:00\" | INVALID_TIMESTAMP timestamp",
        "zone: Europe/Berlin | \"2026-06-01\" | TIMESTAMP_WITHOUT_ZONE timestamp",
        "unit: s | 1780308000123 | INVALID_TIMESTAMP timestamp",
        "unit: s | -5 | TIMESTAMP_BEFORE_FLOOR timestamp",
        "unit: ms | 1780308000 | TIMESTAMP_BEFORE_FLOOR timestamp",
        "unit: us | \"12 o'clock\" | INVALID_TIMESTAMP timestamp",
        "accept: bracketed_zone | \"2026-06-01T12:00:00[Europe/Berlin]\" | INVALID_TIMESTAMP timestamp",
        "accept: bracketed_zone | \"2026-06-01T12:00:00+02:00[Europe/Atlantis]\" | INVALID_TIMESTAMP timestamp",
        "accept: comma | \" 2026-06-01T10:00:00Z\" | INVALID_TIMESTAMP timestamp",
        "accept: blanks | \"2026-06-01T10:00:00,5Z\" | INVALID_TIMESTAMP timestamp"
      })
  void whatIsNotDeclaredIsRefusedAsBefore(String rule, String time, String reason) {
    parse(
        "fields: {timestamp: {%s}}".formatted(rule),
        "{\"user_id\":\"u\",\"timestamp\":%s}".formatted(time));

    assertThat(Records.codes(event)).containsExactly(reason);
  }

  @Test
  void columnsOfTimeHaveTheirOwnUnitAndZone() {
    with(
        "columns: {a: {type: timestamp, from: a, unit: s}, b: {type: timestamp, from: b, zone: UTC}}",
        "\"a\":\"1780308000\",\"b\":\"2026-06-01 10:00:00\"");

    assertThat(List.of(number("a"), number("b")))
        .containsExactly(1_780_308_000_000_000L, 1_780_308_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "2026-06-01T09:00:05Z, 2026-06-01T11:00:05Z, 2026-06-01T12:00:00Z",
        "2026-06-01T11:00:05Z, 2026-06-01T09:00:05Z, 2026-06-01T08:00:00Z",
        "2026-06-01T11:00:05Z, -, 2026-06-01T10:00:00Z",
        "-, 2026-06-01T11:00:05Z, 2026-06-01T10:00:00Z"
      })
  void aDevicesClockIsCorrectedByWhatTheReceiversSays(String sent, String received, String time) {
    with(
        """
        fields: {timestamp: {clock: {sent: sent, received: received}}}
        columns: {sent: {type: timestamp, from: sentAt}, received: {type: timestamp, from: receivedAt}}
        """,
        "\"sentAt\":%s,\"receivedAt\":%s".formatted(quoted(sent), quoted(received)));

    assertThat(Records.codes(event)).isEmpty();
    assertThat(Instant.EPOCH.plus(event.eventTimeMicros(), ChronoUnit.MICROS))
        .isEqualTo(Instant.parse(time));
  }

  private static String quoted(String text) {
    return text == null ? "null" : '"' + text + '"';
  }

  @ParameterizedTest
  @CsvSource({
    "'\"event\":\"Order Completed\",\"type\":\"track\"', purchase",
    "'\"type\":\"page\",\"page\":\"/a\"', page_view",
    "'\"type\":\"track\",\"event\":\" order completed \"', purchase",
    "'\"event\":\"product_viewed\",\"product_id\":\"7\"', page_view",
    "'\"event\":\"cart\"', cart",
    "'\"event\":\"add_to_cart\"', add_to_cart",
    "'\"event\":\"VIEW\"', page_view",
    "'\"event\":\"Other Thing\"', Other Thing",
    "'\"page\":\"/a\"', page_view"
  })
  void typesAreMappedAndTheFirstPathDecides(String members, String type) {
    with(
        """
        fields:
          event_type:
            from: [event, type]
            map: {Order Completed: purchase, page: page_view, product_viewed: page_view, cart: cart}
        """,
        members);

    assertThat(Records.codes(event)).isEmpty();
    assertThat(event.eventType()).isEqualTo(type);
  }

  @Test
  void aProductViewIsAPageViewOnlyWhereToldSo() {
    String members = "\"event\":\"product_viewed\",\"product_id\":\"7\"";

    assertThat(with("fields: {event_type: {map: {product_viewed: page_view}}}", members).page())
        .isEqualTo("product:7");
    assertThat(with("visitor: {required: true}", members).page()).isNull();
    assertThat(event.eventType()).isEqualTo("product_viewed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "round: true | 836.9999999999998 | 837000000 | rounded_price",
        "round: true | 0.12345650000001 | 123457 | rounded_price",
        "round: true | 5.25 | 5250000 | -",
        "accept: comma | \"12,50\" | 12500000 | -",
        "accept: comma | \"1250\" | 1250000000 | -",
        "accept: blanks | \" 12.50 \" | 12500000 | -",
        "'accept: [blanks, comma], round: true' | \" 0,1234567 \" | 123457 | rounded_price",
        "optional: lenient | \"free\" | - | dropped_price",
        "optional: lenient | -1 | - | dropped_price",
        "optional: lenient | {\"amount\":1} | - | dropped_price",
        "optional: lenient | 0.1234567 | - | dropped_price",
        "optional: lenient | NaN | - | dropped_price"
      })
  void numbersAreReadAsDeclaredAndTheRowIsMarked(
      String rule, String price, Long expected, String flag) {
    with("fields: {price: {%s}}".formatted(rule), "\"price\":" + price);

    assertThat(Records.codes(event)).isEmpty();
    assertThat(number("price")).isEqualTo(expected);
    assertThat(event.flags()).isEqualTo(flag == null ? List.of() : List.of(flag));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "accept: comma | \"1.234,50\" | INVALID_NUMBER price",
        "accept: comma | \"1,234,5\" | INVALID_NUMBER price",
        "accept: blanks | \"12,5\" | INVALID_NUMBER price",
        "round: true | 1e-1000000000 | NUMBER_TOO_PRECISE price",
        "round: true | 999999999999.9999999 | NUMBER_OUT_OF_RANGE price",
        "round: true | \"12,5\" | INVALID_NUMBER price"
      })
  void numbersThatAreNotDeclaredAreRefused(String rule, String price, String reason) {
    with("fields: {price: {%s}}".formatted(rule), "\"price\":" + price);

    assertThat(Records.codes(event)).containsExactly(reason);
  }

  @Test
  void currenciesAreTrimmedUpperCasedAndMapped() {
    String yaml = "fields: {currency: {accept: blanks, case: upper, map: {€: EUR}}}";

    with(yaml, "\"currency\":\" eur \"");
    assertThat(text("currency")).isEqualTo("EUR");
    with(yaml, "\"currency\":\"€\"");
    assertThat(text("currency")).isEqualTo("EUR");
  }

  @ParameterizedTest
  @CsvSource({
    "purchase, -30, 2, refund, -30, 2",
    "purchase, 30, -2, refund, -30, 2",
    "purchase, 30, 2, purchase, 30, 2",
    "Order Refunded, 30, 2, refund, -30, 2",
    "Order Refunded, -30, 2, refund, -30, 2",
    "purchase, 0, 1, purchase, 0, 1"
  })
  void refundsAreBelowZero(
      String type, long price, long quantity, String expected, long amount, long pieces) {
    with(
        """
        fields:
          event_type: {map: {Order Refunded: refund}}
          price: {negative: refund}
          quantity: {negative: refund}
        """,
        "\"event_type\":\"%s\",\"price\":%d,\"quantity\":%d".formatted(type, price, quantity));

    assertThat(Records.codes(event)).isEmpty();
    assertThat(event.eventType()).isEqualTo(expected);
    assertThat(number("price")).isEqualTo(amount * 1_000_000);
    assertThat(number("quantity")).isEqualTo(pieces);
  }

  @Test
  void onlyPurchasesMayBeBelowZero() {
    String yaml = "fields: {price: {negative: refund}}";

    with(yaml, "\"event_type\":\"click\",\"price\":-1");
    assertThat(Records.codes(event)).containsExactly("NUMBER_OUT_OF_RANGE price");
    with(yaml + "\noptional: lenient", "\"event_type\":\"click\",\"price\":-1");
    assertThat(Records.codes(event)).isEmpty();
    assertThat(event.flags()).containsExactly("dropped_price");
    with("fields: {event_type: {map: {sale: purchase}}}", "\"event_type\":\"refund\",\"price\":5");
    assertThat(number("price")).as("a refund only where it is mapped").isEqualTo(5_000_000);
  }

  @Test
  void whatIsBesideThePointIsDroppedAndFlagged() {
    String long300k = "x".repeat(300_000);
    with(
        "optional: lenient\ncolumns: {load: {type: int, from: perf.load}}",
        """
        "ip":["203.0.113.7"],"currency":5,"referrer":"%s","note":"half \\ud800","page":"/a",
        "perf":{"load":"fast","dns":3},"properties":{"ok":1,"bad":"\\u0000","deep":{"b":"\\udc00"},"last":2},"kept":true"""
            .formatted(long300k));

    assertThat(Records.codes(event)).isEmpty();
    assertThat(event.flags())
        .containsExactlyInAnyOrder(
            "dropped_ip_address",
            "dropped_currency",
            "dropped_referrer",
            "dropped_properties",
            "dropped_load");
    assertThat(event.page()).isEqualTo("/a");
    assertThat(event.ipAddress()).isNull();
    assertThat(event.properties())
        .isEqualTo("{\"ok\":1,\"last\":2,\"perf\":{\"dns\":3},\"kept\":true}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"user_id\":{\"id\":1}",
        "\"anonymous_id\":\"a\\u0000\"",
        "\"event_type\":7",
        "\"event_id\":1.5"
      })
  void whatDecidesWhatAnEventIsIsNeverDropped(String member) {
    parse(
        "optional: lenient",
        "{\"timestamp\":\"2026-06-01T10:00:00Z\",\"session_id\":\"s\",%s}".formatted(member));

    assertThat(Records.codes(event)).hasSize(1);
    assertThat(event.flags()).isEmpty();
  }

  @Test
  void aFieldMayBeStrictWhereAllElseIsLenient() {
    String yaml = "optional: lenient\nfields: {price: {optional: strict}}";

    with(yaml, "\"price\":\"free\",\"quantity\":\"some\"");

    assertThat(Records.codes(event)).containsExactly("INVALID_NUMBER price");
    with("fields: {price: {optional: lenient}}", "\"price\":\"free\",\"note\":\"\\ud800\"");
    assertThat(Records.codes(event)).containsExactly("ILLEGAL_CHARACTER note");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "first | \"203.0.113.7, 70.41.3.18, 150.172.238.178\" | 203.0.113.7",
        "last | \"203.0.113.7, 70.41.3.18, 150.172.238.178\" | 150.172.238.178",
        "2 | \"203.0.113.7, 70.41.3.18, 150.172.238.178\" | 70.41.3.18",
        "4 | \"203.0.113.7, 70.41.3.18, 150.172.238.178\" | -",
        "first | \"203.0.113.7:51234\" | 203.0.113.7",
        "first | \"[2001:db8::1]:443\" | 2001:db8::1",
        "first | \"2001:db8::1\" | 2001:db8::1",
        "first | \"fe80::1%eth0\" | fe80::1",
        "first | [\"203.0.113.7\",\"70.41.3.18\"] | 203.0.113.7",
        "last | \"for=192.0.2.60;proto=http;by=203.0.113.43, for=\\\"[2001:db8:cafe::17]:4711\\\"\" | 2001:db8:cafe::17",
        "first | \"unknown\" | unknown"
      })
  void oneAddressOfAListCounts(String which, String given, String expected) {
    with("fields: {ip_address: {address: %s}}".formatted(which), "\"ip\":" + given);

    assertThat(Records.codes(event)).isEmpty();
    assertThat(event.ipAddress()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trailing_slash: drop | https://shop.example/a/b/ | /a/b",
        "trailing_slash: drop | https://shop.example/ | /",
        "case: lower | /Shoes/Red | /shoes/red",
        "index: drop | /shoes/index.html | /shoes/",
        "index: drop | https://shop.example/INDEX.PHP?x=1 | /",
        "index: drop | /reindex.html | /reindex.html",
        "percent_encoding: decode | /sch%C3%B6n%20rot+blau | /schön rot+blau",
        "percent_encoding: decode | /100% | /100%",
        "percent_encoding: decode | /a%00b | /a%00b",
        "percent_encoding: decode | /%ff | /%ff",
        "hash_routes: true | https://shop.example/#/cart | /cart",
        "hash_routes: true | https://shop.example/app/#!/cart?step=2 | /app/cart",
        "hash_routes: true | https://shop.example/a#reviews | /a",
        "'query: [id, tab]' | /view?tab=2&x=1&id=7#top | /view?id=7&tab=2",
        "'query: [id]' | /view?ids=7&id | /view?id",
        "'query: [step], hash_routes: true' | /#/cart?step=2 | /cart?step=2",
        "'trailing_slash: drop, case: lower, index: drop' | /A/Index.html | /a",
        "hosts: shop.example | https://shop.example/A/?b#c | /A/"
      })
  void pagesAreOneWhereDeclaredSo(String rule, String url, String page) {
    with("pages: {%s}".formatted(rule), "\"page\":\"%s\"".formatted(url));

    assertThat(Records.codes(event)).isEmpty();
    assertThat(event.page()).isEqualTo(page);
    assertThat(event.url()).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "p[key=b].value.text | \"p\":[{\"key\":\"a\",\"value\":{\"text\":\"1\"}},{\"value\":{\"text\":\"2\"},\"key\":\"b\"}] | 2",
        "p[key=b].value | \"p\":[{\"key\":\"b\",\"value\":\"x\"},{\"key\":\"b\",\"value\":\"y\"}] | x",
        "p[key=c].value | \"p\":[{\"key\":\"b\",\"value\":\"x\"}] | -",
        "p[0] | \"p\":[\"x\",\"y\"] | x",
        "p[1].id | \"p\":[{},{\"id\":\"y\"}] | y",
        "p[2] | \"p\":[\"x\",\"y\"] | -",
        "p[0] | \"p\":\"x\" | -",
        "p[0][1] | \"p\":[[\"x\",\"y\"]] | y",
        "o.p[n=1].q[0].r | \"o\":{\"p\":[{\"n\":1,\"q\":[{\"r\":\"é\"}]}]} | é",
        "p\\[0] | \"p[0]\":\"x\" | x",
        "properties.p[0] | \"properties\":{\"p\":[\"x\"]} | x"
      })
  void pathsLeadIntoArrays(String path, String members, String expected) {
    with("fields: {product_id: {from: ['%s']}}".formatted(path), members);

    assertThat(Records.codes(event)).isEmpty();
    assertThat(text("product_id")).isEqualTo(expected);
  }

  @Test
  void anArrayStaysWholeAndOfSeveralPathsTheFirstWins() {
    with(
        "fields: {price: {from: ['p[k=d].v', 'p[k=i].v']}}",
        "\"p\":[{\"k\":\"i\",\"v\":\"7\"},{\"k\":\"d\",\"v\":1.5}]");

    assertThat(number("price")).isEqualTo(1_500_000);
    assertThat(event.properties())
        .isEqualTo("{\"p\":[{\"k\":\"i\",\"v\":\"7\"},{\"k\":\"d\",\"v\":1.5}]}");
  }

  @Test
  void aNameTwiceOnAPathInAnArrayIsRefused() {
    with("fields: {price: {from: 'p[0].v'}}", "\"p\":[{\"v\":1,\"v\":2}]");

    assertThat(Records.codes(event)).containsExactly("DUPLICATE_KEY v");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"item\":\"7\"", "\"item\":{\"id\":\"7\"}", "\"item\":{\"id\":7,\"x\":1}"})
  void aFieldMayBeATextOrAnObject(String member) {
    with("fields: {product_id: {from: [item.id, item]}}", member);

    assertThat(Records.codes(event)).isEmpty();
    assertThat(text("product_id")).isEqualTo("7");
  }

  @Test
  void campaignsMayBeGivenAsFields() {
    with(
        "fields: {utm_campaign: {from: context.campaign.name}, utm_source: {from: source, case: lower}}",
        "\"source\":\"Mail\",\"context\":{\"campaign\":{\"name\":\"spring\",\"x\":1}}");

    assertThat(text("utm_campaign")).isEqualTo("spring");
    assertThat(text("utm_source")).isEqualTo("mail");
    assertThat(event.properties()).isEqualTo("{\"context\":{\"campaign\":{\"x\":1}}}");
  }

  @Test
  void whatIsIgnoredIsNoPartOfTheFingerprint() {
    String yaml = "identity: {ignore: [sent_at, context.retry, page]}";
    String one = "\"sent_at\":1,\"context\":{\"a\":1,\"retry\":1},\"page\":\"/a\"";
    String other = "\"sent_at\":2,\"context\":{\"a\":1,\"retry\":2},\"page\":\"/b\"";

    long first = with(yaml, one).fingerprint();
    assertThat(event.properties()).isEqualTo("{\"sent_at\":1,\"context\":{\"a\":1,\"retry\":1}}");
    assertThat(with(yaml, other).fingerprint()).isEqualTo(first);
    assertThat(with(yaml, one.replace("\"a\":1", "\"a\":2")).fingerprint()).isNotEqualTo(first);
    assertThat(with("visitor: {required: true}", one).fingerprint())
        .isNotEqualTo(with("visitor: {required: true}", other).fingerprint());
  }

  /** Wherever it is given, of one name or two; a time that is another column's stays in it. */
  @Test
  void whereAnIdAloneIsAnEventItsTimeIsNoPartOfTheFingerprint() {
    String yaml =
        """
        identity: {within: 10m}
        fields: {timestamp: {from: [context.at, timestamp]}}
        columns: {sent: {type: timestamp, from: sent_at}}
        """;
    String one =
        "\"context\":{\"at\":\"2026-03-01T10:00:00Z\",\"a\":1},\"sent_at\":\"2026-03-01T10:00:00Z\"";

    long first = with(yaml, one).fingerprint();
    assertThat(
            with(
                    yaml,
                    one.replace(
                        "at\":\"2026-03-01T10:00:00Z\",", "at\":\"2026-03-01T10:00:00.350Z\","))
                .fingerprint())
        .isEqualTo(first);
    assertThat(event.eventTimeMicros()).isEqualTo(1772359200350000L);
    assertThat(with(yaml, one.replace("10:00:00Z\"", "10:00:01Z\"")).fingerprint())
        .isNotEqualTo(first);
    assertThat(with(yaml, one.replace("\"a\":1", "\"a\":2")).fingerprint()).isNotEqualTo(first);
  }

  @Test
  void aFieldsOwnNamesComeBehindThoseOfTheContract() {
    String yaml = "fields: {user_id: {from: [customer.id, login]}}";

    with(yaml, "\"login\":\"l\",\"customer\":{\"id\":9}");
    assertThat(event.visitor()).isEqualTo("9");
    assertThat(event.properties()).isEqualTo("{\"user_id\":\"u\",\"login\":\"l\",\"customer\":{}}");
    with(yaml, "");
    assertThat(event.visitor()).isEqualTo("u");
  }

  @Test
  void nothingDeclaredIsNothingChanged() {
    String[] events = {
      Records.event("\"price\":1.5,\"properties\":{\"a\":[1]},\"x\":{\"y\":1}"),
      Records.event("\"price\":\"1,5\""),
      Records.event("\"ip\":[\"1.2.3.4\"],\"page\":\"/A/index.html#/b\"")
    };
    for (String json : events) {
      ParsedEvent plain = Records.parse(json);
      List<Object> expected =
          List.of(
              Arrays.asList(plain.values.clone()),
              plain.fingerprint(),
              List.copyOf(plain.reasons()));
      parse("rules: {}", json);
      assertThat(List.of(Arrays.asList(event.values), event.fingerprint(), event.reasons()))
          .isEqualTo(expected);
    }
  }
}
