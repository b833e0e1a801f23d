package io.medallion.silver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.Compaction;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.replay.Replay;
import io.medallion.silver.source.BronzeCommits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Silver with a user's contract, over real tables. */
class ContractIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-01T12:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");
  private static final String FIRST_KEY = "a key of some length, for tests";

  /** By {@code printf ann | openssl dgst -sha256 -hmac KEY}, the first half. */
  private static final String ANN = "7199859469111c30d199e85376a33e93";

  /** An address that the test's database knows. */
  private static final String LOCATED = "203.0.113.9";

  private static SparkSession spark;

  @TempDir Path folder;

  private String lake = "lake";
  private boolean fastWriter = true;
  private final Map<String, String> settings = new HashMap<>();
  private long seq;
  private long offset;

  @BeforeAll
  static void startSpark() {
    spark =
        LakeSession.create(
            "ContractIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Tag("full")
  @Test
  void columnsOfEveryTypeByDeltasOwnWriter() throws Exception {
    fastWriter = false;
    columnsOfEveryTypeAreTakenFromTheEventAndLeaveItsProperties();
  }

  @Test
  void columnsOfEveryTypeAreTakenFromTheEventAndLeaveItsProperties() throws Exception {
    contract(
        """
        columns:
          category: {type: string, from: [category_code, properties.category]}
          load_ms: {type: int, from: perf.load, min: 0, max: 600000}
          bytes: {type: long, from: bytes}
          weight: {type: "decimal(9,3)", from: weight}
          large: {type: "decimal(38,2)", from: large}
          member: {type: boolean, from: properties.member}
          sent: {type: timestamp, from: sent_at}
          birthday: {type: date, from: birthday}
          tags: {type: array of string, from: tags}
        """);
    commit(
        event(
            """
            "category_code":"shoes","perf":{"load":1200,"dns":3},"bytes":9223372036854775807,
            "weight":"1.250","large":123456789012345678901234567890.12,"sent_at":1772359200000,
            "birthday":"2001-02-28","tags":["a","b"],"properties":{"member":true,"category":"x"}\
            """),
        event(
            """
            "properties":{"category":"hats","member":false},"large":-0.01,"tags":[],"bytes":-1,"more":1\
            """),
        event(""));
    run();

    assertThat(
            rows(
                "category, load_ms, bytes, weight, large, member, unix_seconds(sent), birthday,"
                    + " tags"))
        .containsExactly(
            "[shoes,1200,9223372036854775807,1.250,123456789012345678901234567890.12,true,"
                + "1772359200,2001-02-28,ArraySeq(a, b)]",
            "[hats,null,-1,null,-0.01,false,null,null,ArraySeq()]",
            "[null,null,null,null,null,null,null,null,null]");
    assertThat(rows("properties"))
        .containsExactly("[{\"category\":\"x\",\"perf\":{\"dns\":3}}]", "[{\"more\":1}]", "[null]");
    assertThat(rows("contract_version")).containsOnly("[" + version() + "]");
  }

  @Test
  void whatIsNotOfTheColumnsTypeIsRefusedWithItsName() throws Exception {
    contract(
        """
        columns:
          category: {type: string, from: category}
          load_ms: {type: int, from: load, min: 0, max: 600000}
          bytes: {type: long, from: bytes}
          weight: {type: "decimal(9,3)", from: weight}
          member: {type: boolean, from: member}
          sent: {type: timestamp, from: sent_at}
          birthday: {type: date, from: birthday}
          tags: {type: array of string, from: tags}
        """);
    Map<String, String> reasons = new LinkedHashMap<>();
    reasons.put("\"load\":600001", "[NUMBER_OUT_OF_RANGE load_ms]");
    reasons.put("\"load\":-1", "[NUMBER_OUT_OF_RANGE load_ms]");
    reasons.put("\"load\":1.5", "[NUMBER_TOO_PRECISE load_ms]");
    reasons.put("\"load\":\"fast\"", "[INVALID_NUMBER load_ms]");
    reasons.put("\"load\":true", "[WRONG_TYPE load_ms]");
    reasons.put("\"bytes\":9223372036854775808", "[NUMBER_OUT_OF_RANGE bytes]");
    reasons.put("\"bytes\":1e30", "[NUMBER_OUT_OF_RANGE bytes]");
    reasons.put("\"weight\":1000000", "[NUMBER_OUT_OF_RANGE weight]");
    reasons.put("\"weight\":0.0001", "[NUMBER_TOO_PRECISE weight]");
    reasons.put("\"category\":5", "[WRONG_TYPE category]");
    reasons.put("\"member\":\"yes\"", "[WRONG_TYPE member]");
    reasons.put("\"member\":1", "[WRONG_TYPE member]");
    reasons.put("\"sent_at\":\"2026-03-01 10:00:00\"", "[TIMESTAMP_WITHOUT_ZONE sent]");
    reasons.put("\"birthday\":\"2001-02-29\"", "[INVALID_TIMESTAMP birthday]");
    reasons.put("\"birthday\":20010228", "[WRONG_TYPE birthday]");
    reasons.put("\"tags\":\"a\"", "[WRONG_TYPE tags]");
    reasons.put("\"tags\":[\"a\",1]", "[WRONG_TYPE tags]");
    reasons.put("\"tags\":{\"a\":1}", "[WRONG_TYPE tags]");
    commit(reasons.keySet().stream().map(ContractIT::event).toArray(String[]::new));
    run();

    assertThat(quarantine()).containsExactlyElementsOf(reasons.values());
  }

  @Test
  void expressionsComputeColumnsAndRulesQuarantineOrFlag() throws Exception {
    contract(
        """
        columns:
          order_id: {type: string, from: order_id, whole_numbers: true}
          revenue: {type: "decimal(18,2)", expr: "price * coalesce(quantity, 1)"}
          large_order: {type: boolean, expr: "revenue > 1000"}
          came_by: {type: string, expr: "CASE WHEN utm_medium = 'cpc' THEN 'paid' ELSE 'other' END"}
          words: {type: array of string, expr: "split(page, '/')"}
        rules:
          purchase_has_order:
            when: "event_type = 'purchase'"
            check: "order_id IS NOT NULL -- or it is none"
            otherwise: quarantine
          known_currency: {check: "currency IN ('EUR', 'USD')", otherwise: flag}
          small: {check: "NOT large_order", otherwise: flag}
        """);
    commit(
        event(
            """
            "event_type":"purchase","price":600,"quantity":2,"order_id":17,"currency":"GBP",
            "page":"https://x.example/a/b?utm_medium=cpc"\
            """),
        event("\"event_type\":\"purchase\",\"price\":1,\"currency\":\"EUR\""),
        event("\"page\":\"/p\",\"currency\":\"EUR\",\"price\":3"));
    run();

    assertThat(rows("order_id, revenue, large_order, came_by, words, flags"))
        .containsExactly(
            "[17,1200.00,true,paid,ArraySeq(, a, b),ArraySeq(known_currency, small)]",
            "[null,3.00,false,other,ArraySeq(, p),null]");
    assertThat(quarantine()).containsExactly("[RULE_BROKEN purchase_has_order]");
    assertThat(silver().state().flagged()).isEqualTo(Map.of("known_currency", 1L, "small", 1L));
    assertThat(silver().state().quarantinedByReason()).isEqualTo(Map.of("RULE_BROKEN", 1L));
  }

  @Test
  void anExpressionThatFailsOnAnEventRefusesItAloneAndNamesItself() throws Exception {
    contract(
        """
        columns:
          size: {type: int, expr: "CAST(get_json_object(properties, '$.size') AS INT)"}
          half: {type: "decimal(18,6)", expr: "price / quantity"}
        rules:
          positive: {check: "10 / size > 0", otherwise: flag}
        """);
    commit(
        event("\"size\":\"XL\",\"price\":1,\"quantity\":0"),
        event("\"size\":\"0\""),
        event("\"size\":\"5\",\"price\":1,\"quantity\":2"));
    run();

    assertThat(rows("size, half")).containsExactly("[5,0.500000]");
    assertThat(quarantine())
        .containsExactly(
            "[EXPRESSION_FAILED size, EXPRESSION_FAILED half]", "[EXPRESSION_FAILED positive]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rules: {cheap: {check: \"price < 5\", otherwise: flag}}"})
  void whatIsDroppedOrRoundedIsFlaggedNextToWhatBreaksRules(String rules) throws Exception {
    contract(
        """
        optional: lenient
        fields:
          price: {round: true}
          utm_campaign: {from: context.campaign.name}
        pages: {hosts: [blog.example, "*.shop.example"]}
        """
            + rules);
    commit(
        event(
            """
            "price":836.9999999999998,"ip":["203.0.113.7"],"page":"/p?utm_campaign=url&utm_source=x",
            "context":{"campaign":{"name":"field"}},"referrer":"https://www.de.shop.example/a"\
            """),
        event(
            "\"price\":3,\"page\":\"/p?utm_campaign=url\",\"referrer\":\"https://blog.example/\""),
        event("\"price\":\"free\",\"referrer\":\"https://notshop.example/\""));
    run();

    String cheap = rules.isEmpty() ? "" : ", cheap";
    assertThat(rows("price, flags, utm_campaign, utm_source, referrer_medium"))
        .containsExactly(
            "[837.000000,ArraySeq(dropped_ip_address, rounded_price%s),field,x,internal]"
                .formatted(cheap),
            "[3.000000,null,url,null,internal]",
            "[null,ArraySeq(dropped_price),null,null,other]");
    assertThat(quarantine()).isEmpty();
    assertThat(silver().state().flagged())
        .containsEntry("rounded_price", 1L)
        .containsEntry("dropped_ip_address", 1L)
        .containsEntry("dropped_price", 1L)
        .hasSize(rules.isEmpty() ? 3 : 4);
  }

  @Tag("full")
  @Test
  void whatNobodyConsentedToByDeltasOwnWriter() throws Exception {
    fastWriter = false;
    whatNobodyConsentedToIsHeldByBronzeAlone();
  }

  @Test
  void whatNobodyConsentedToIsHeldByBronzeAlone() throws Exception {
    contract(
        """
        columns:
          consent: {type: string, from: consent}
          mail: {type: string, from: mail}
          domain: {type: string, expr: "substring_index(mail, '@', -1)"}
        rules:
          no_ads: {check: "consent <> 'functional'", otherwise: redact, fields: [user_id, anonymous_id, ip_address, mail]}
          allowed: {check: "consent <> 'none'", otherwise: redact}
          cheap: {check: "price < 10", otherwise: quarantine}
        """);
    String event =
        "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"event_id\":\"%s\",\"consent\":\"%s\",%s}";
    String ids =
        """
        "user_id":"ann","anonymous_id":"dev","session_id":"s","mail":"ann@x.example","ip":"203.0.113.7"\
        """;
    commit(
        event.formatted("1", "all", ids),
        event.formatted("2", "functional", ids),
        event.formatted("3", "functional", "\"user_id\":\"ann\""),
        event.formatted("4", "none", ids),
        event.formatted("5", "all", ids + ",\"price\":11"),
        event.formatted("1", "all", ids + ",\"page\":\"/other\""),
        "{\"ann");
    run();

    assertThat(
            rows("event_id, visitor, user_id, session_id, mail, domain, ip_address IS NULL, flags"))
        .containsExactly(
            "[1,ann,ann,s,ann@x.example,x.example,false,null]",
            "[2,s,null,s,null,null,true,ArraySeq(no_ads)]");
    assertThat(quarantine())
        .containsExactlyInAnyOrder(
            "[REDACTED no_ads]",
            "[REDACTED allowed]",
            "[RULE_BROKEN cheap]",
            "[ID_CONFLICT event_id]",
            "[MALFORMED_JSON]");
    assertThat(rows(TableDefinition.QUARANTINE, "key, value, headers, reasons.message"))
        .containsOnly(
            "[null,null,null,ArraySeq(null)]",
            "[null,null,null,ArraySeq(an earlier event has this id and time, and another payload)]");
  }

  @Tag("full")
  @Test
  void pseudonymsByDeltasOwnWriter() throws Exception {
    fastWriter = false;
    pseudonymsTakeThePlaceOfWhatAnEventSays();
  }

  /**
   * From clear text to one key and to the next: a copy of any time is a copy, a backfill carries
   * the past over, quarantine's bytes of before with it.
   */
  @Test
  void pseudonymsTakeThePlaceOfWhatAnEventSays() throws Exception {
    contract(
        """
        columns:
          mail: {type: string, from: mail}
          domain: {type: string, expr: "substring_index(mail, '@', -1)"}
        """);
    settings.put("silver.geoip.database", "src/test/resources/geoip/city.mmdb");
    String ids =
        """
        "user_id":"ann","anonymous_id":"dev","session_id":"null","mail":"ann@x.example","ip":"%s","user_agent":"Googlebot/2.1"\
        """
            .formatted(LOCATED);
    String event = "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"event_id\":\"%s\",%s}";
    commit(event.formatted("1", ids), "{\"user_id\":\"ann\"");
    run();
    String place = rows("city, country_code, is_bot").get(0);
    assertThat(place).doesNotContain("null").contains("true");
    assertThat(rows(TableDefinition.QUARANTINE, "cast(value as string)").toString())
        .contains("ann");

    settings.put("silver.pseudonymize", "user_id,anonymous_id,session_id,ip_address,mail");
    settings.put("pseudonym.key", FIRST_KEY);
    commit(
        event.formatted("1", ids),
        event.formatted("2", ids),
        event.formatted("3", "\"anonymous_id\":\"ann\""),
        "{\"user_id\":\"ann\"",
        event.formatted("2", ids + ",\"page\":\"/other\""));
    run();
    String columns =
        "visitor, user_id, anonymous_id, session_id, mail, domain, city, country_code, is_bot";
    String first =
        "[%s,%s,%s,null,%s,%s,%s]"
            .formatted(
                ANN,
                ANN,
                hmac(FIRST_KEY, "dev"),
                hmac(FIRST_KEY, "ann@x.example"),
                hmac(FIRST_KEY, "ann@x.example"),
                place.substring(1, place.length() - 1));
    assertThat(rows(columns).subList(1, 3))
        .containsExactly(first, "[%s,null,%s,null,null,null,null,null,false]".formatted(ANN, ANN));
    assertThat(rows("ip_address").subList(1, 3))
        .containsExactly("[" + hmac(FIRST_KEY, LOCATED) + "]", "[null]");
    assertThat(silver().state().duplicates()).isEqualTo(1);
    assertThat(quarantine())
        .containsExactly("[MALFORMED_JSON]", "[MALFORMED_JSON]", "[ID_CONFLICT event_id]");
    assertThat(rows(TableDefinition.QUARANTINE, "value IS NULL"))
        .containsExactly("[false]", "[true]", "[true]");

    settings.put("pseudonym.key", "the second key, that is of today");
    settings.put("pseudonym.previous-key", FIRST_KEY);
    commit(event.formatted("1", ids), event.formatted("2", ids), event.formatted("4", ids));
    run();
    assertThat(silver().state().duplicates()).isEqualTo(3);
    assertThat(rows("event_id")).containsExactly("[1]", "[2]", "[3]", "[4]");

    Replay.of(open(), configuration()).applyDays(DAY, DAY);
    assertThat(rows("visitor"))
        .containsOnly("[" + hmac("the second key, that is of today", "ann") + "]")
        .hasSize(4);
    assertThat(rows("contract_version"))
        .containsOnly("[" + Contract.of(configuration()).version() + "]");
    assertThat(rows(TableDefinition.QUARANTINE, "key, value, headers, reasons.message[0] IS NULL"))
        .containsExactly(
            "[null,null,null,true]", "[null,null,null,true]", "[null,null,null,false]");
    settings.remove("pseudonym.previous-key");
    commit(event.formatted("2", ids));
    run();
    assertThat(silver().state().duplicates()).isEqualTo(4);
    assertThat(Replay.of(open(), configuration()).applyDays(DAY, DAY).days()).isEmpty();
  }

  /** Bronze has what quarantine may not hold. */
  @Tag("full")
  @Test
  void aRefusedRecordThatQuarantineHoldsNoBytesOfIsReplayed() throws Exception {
    settings.put("silver.pseudonymize", "user_id");
    settings.put("pseudonym.key", FIRST_KEY);
    settings.put("silver.max-string-size", "64B");
    commit(
        event("\"event_id\":\"long\",\"page\":\"/%s\"".formatted("x".repeat(80))), "{", event(""));
    run();
    assertThat(quarantine()).containsExactly("[STRING_TOO_LONG page]", "[MALFORMED_JSON]");

    settings.remove("silver.max-string-size");
    assertThat(Replay.of(open(), configuration()).applyQuarantine(Replay.everything()).released())
        .isEqualTo(1);
    assertThat(rows("event_id")).containsExactly("[long]", "[k:0:t:0:2]");
    assertThat(quarantine()).containsExactly("[MALFORMED_JSON]");
  }

  /** By Java's own classes, in the words of docs/privacy.md. */
  private static String hmac(String key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of()
        .formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)))
        .substring(0, 32);
  }

  @Test
  void copiesThatDifferInWhatIsIgnoredAreDuplicates() throws Exception {
    contract("identity: {ignore: [sent_at]}");
    commit(
        event("\"event_id\":\"a\",\"sent_at\":1"),
        event("\"event_id\":\"a\",\"sent_at\":2"),
        event("\"event_id\":\"a\",\"sent_at\":1,\"price\":1"));
    run();

    assertThat(rows("event_id")).hasSize(1);
    assertThat(quarantine()).containsExactly("[ID_CONFLICT event_id]");
  }

  @Tag("full")
  @Test
  void withinTheStatedTimeOneIdIsOneEventByDeltasOwnWriter() throws Exception {
    fastWriter = false;
    withinTheStatedTimeOneIdIsOneEvent();
  }

  /**
   * In one batch, in the next one by another process, over midnight, and in days replayed alone.
   */
  @Tag("full")
  @Test
  void withinTheStatedTimeOneIdIsOneEvent() throws Exception {
    contract("identity: {within: 10m}");
    commit(
        retry("a", "2026-03-01T10:00:00.000Z", 100),
        retry("a", "2026-03-01T10:00:00.350Z", 100),
        retry("b", "2026-02-28T23:59:59.900Z", 7),
        retry("c", "2026-03-01T00:00:00.100Z", 8));
    run();
    commit(
        retry("a", "2026-03-01T10:00:00.700Z", 100),
        retry("a", "2026-03-01T09:50:00.000Z", 100),
        retry("a", "2026-03-01T10:00:01.000Z", 5),
        retry("a", "2026-03-01T10:10:00.001Z", 100),
        retry("b", "2026-03-01T00:00:00.100Z", 7),
        retry("c", "2026-02-28T23:59:59.900Z", 8),
        retry("c", "2026-02-28T23:59:59.900Z", 9));
    run();

    List<String> events = rows("event_id, event_time, price, offset");
    assertThat(rows("event_id, unix_millis(event_time)"))
        .containsExactly(
            "[a,1772359200000]", "[b,1772323199900]", "[c,1772323200100]", "[a,1772359800001]");
    assertThat(quarantine()).containsExactly("[ID_CONFLICT event_id]", "[ID_CONFLICT event_id]");
    assertThat(silver().state().duplicates()).isEqualTo(5);
    for (LocalDate day : List.of(DAY, DAY.minusDays(1))) {
      Replay.of(open(), configuration()).applyDays(day, day);
      assertThat(rows("event_id, event_time, price, offset")).isEqualTo(events);
      assertThat(quarantine()).hasSize(2);
    }
    merge();
    commit(retry("a", "2026-03-01T10:00:00.900Z", 100), retry("c", "2026-03-01T00:00:01Z", 8));
    run();
    assertThat(rows("event_id, event_time, price, offset")).isEqualTo(events);
    assertThat(silver().state().duplicates()).isEqualTo(7);
    assertThat(silver().filesAt(silver().version()))
        .hasSize(2)
        .allMatch(file -> file.identities(IdentityKind.ID).isPresent() == fastWriter);
  }

  /**
   * Over midnight from both, an event has the payload of a conflict that came before it: the day of
   * the conflict replayed alone leaves it in quarantine, as bronze read from its beginning does.
   */
  @Test
  void aDayReplayedAloneIsJudgedByWhatCameBefore() throws Exception {
    contract("identity: {within: 10m}");
    commit(retry("a", "2026-02-28T23:58:00Z", 1));
    run();
    commit(retry("a", "2026-02-28T23:59:00Z", 2));
    run();
    commit(retry("a", "2026-03-01T00:08:30Z", 2));
    run();
    assertThat(rows("event_id, offset")).containsExactly("[a,0]", "[a,2]");
    assertThat(quarantine()).containsExactly("[ID_CONFLICT event_id]");

    Replay.of(open(), configuration()).applyDays(DAY.minusDays(1), DAY.minusDays(1));
    assertThat(rows("event_id, offset")).containsExactly("[a,0]", "[a,2]");
    assertThat(quarantine()).containsExactly("[ID_CONFLICT event_id]");
    assertThat(silver().state().duplicates()).isZero();
  }

  /** What was judged before has the time in its fingerprint. */
  @Tag("full")
  @Test
  void aTimeStatedLaterHoldsForWhatIsReplayed() throws Exception {
    contract(null);
    commit(retry("a", "2026-03-01T10:00:00Z", 1), retry("a", "2026-03-01T10:00:00.350Z", 1));
    run();
    assertThat(rows("event_id")).hasSize(2);

    contract("identity: {within: 1s}");
    commit(retry("a", "2026-03-01T10:00:00.700Z", 1));
    run();
    assertThat(rows("event_id")).hasSize(2);
    assertThat(quarantine()).containsExactly("[ID_CONFLICT event_id]");

    Replay.of(open(), configuration()).applyDays(DAY, DAY);
    assertThat(rows("event_id, offset")).containsExactly("[a,0]");
    assertThat(quarantine()).isEmpty();
    assertThat(silver().state().duplicates()).isEqualTo(2);
  }

  private static String retry(String id, String time, int price) {
    return "{\"timestamp\":\"%s\",\"user_id\":\"u\",\"event_id\":\"%s\",\"price\":%d}"
        .formatted(time, id, price);
  }

  /**
   * Events of a batch have places, identities and fates of their own; records and events add up.
   */
  @Test
  void aRecordMayHoldSeveralEvents() throws Exception {
    contract(null);
    commit("{\"batch\":[" + event("\"event_id\":\"old\"") + "]}");
    run();
    assertThat(quarantine()).containsExactly("[MISSING_FIELD timestamp, MISSING_FIELD user_id]");

    contract("batch: {from: batch}");
    String batch =
        "{\"sentAt\":1,\"batch\":[%s,%s,%s,%s]}"
            .formatted(
                event("\"event_id\":\"a\""),
                event("\"price\":1"),
                "{\"timestamp\":\"never\",\"user_id\":\"u\"}",
                event("\"event_id\":\"a\""));
    commit(batch, event("\"price\":2"), "{\"batch\":[]}", "{\"batch\":[{}");
    run();
    commit(batch, "{\"batch\":[" + event("\"event_id\":\"a\",\"price\":3") + "]}");
    run();

    String columns = "offset, event_index, event_id, price";
    List<String> rows =
        List.of(
            "[1,0,a,null]",
            "[1,1,k:0:t:0:1:1,1.000000]",
            "[2,null,k:0:t:0:2,2.000000]",
            "[5,1,k:0:t:0:5:1,1.000000]");
    List<String> refused =
        List.of(
            "[0,null,MISSING_FIELD]",
            "[1,2,INVALID_TIMESTAMP]",
            "[3,null,MISSING_FIELD]",
            "[4,null,MALFORMED_JSON]",
            "[5,2,INVALID_TIMESTAMP]",
            "[6,0,ID_CONFLICT]");
    assertThat(rows(columns)).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(rows(TableDefinition.QUARANTINE, "offset, event_index, reasons[0].code"))
        .containsExactlyInAnyOrderElementsOf(refused);
    assertThat(rows(TableDefinition.QUARANTINE, "string(value)"))
        .contains("[{\"timestamp\":\"never\",\"user_id\":\"u\"}]");
    assertThat(silver().state().read()).isEqualTo(7);
    assertThat(silver().state().events()).isEqualTo(13);
    assertThat(silver().state().duplicates()).isEqualTo(3);

    Replay.of(open(), configuration()).applyDays(DAY, DAY);
    Replay.of(open(), configuration()).applyQuarantine(Replay.everything());
    assertThat(rows(columns)).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(rows(TableDefinition.QUARANTINE, "offset, event_index, reasons[0].code"))
        .containsExactlyInAnyOrderElementsOf(refused);
    assertThat(silver().state().duplicates()).isEqualTo(3);
    contract("batch: {from: events}");
    assertThatThrownBy(this::run).hasMessageContaining("divided into events by another contract");
  }

  /** An event of a batch that a rule refused counts once the rule is gone, and the others stay. */
  @Tag("full")
  @Test
  void aRuleThatWasTooStrictFreesEventsOfBatches() throws Exception {
    String batch = "batch: {from: '[]'}\n";
    contract(batch + "rules: {cheap: {check: \"price < 10\", otherwise: quarantine}}");
    commit(
        "[%s,%s,%s]"
            .formatted(
                event("\"price\":1"),
                event("\"price\":11"),
                "{\"timestamp\":\"2026-02-28T10:00:00Z\",\"user_id\":\"u\",\"price\":12}"));
    run();
    assertThat(rows("event_index, price")).containsExactly("[0,1.000000]");

    contract(batch);
    run();
    Replay.of(open(), configuration()).applyQuarantine(Replay.everything());

    assertThat(rows("event_index, price"))
        .containsExactlyInAnyOrder("[0,1.000000]", "[1,11.000000]", "[2,12.000000]");
    assertThat(quarantine()).isEmpty();
    assertThat(silver().state().duplicates()).isEqualTo(0);
  }

  @Test
  void flagsOfCopiesDoNotCount() throws Exception {
    contract("rules: {seen: {check: \"page <> '/x'\", otherwise: flag}}");
    commit(
        event("\"event_id\":\"a\",\"page\":\"/x\""), event("\"event_id\":\"a\",\"page\":\"/x\""));
    run();
    commit(
        event("\"event_id\":\"a\",\"page\":\"/x\""), event("\"event_id\":\"b\",\"page\":\"/x\""));
    run();

    assertThat(silver().state().flagged()).isEqualTo(Map.of("seen", 2L));
  }

  @Test
  void recordsWithoutAVisitorAreEventsWhereTheContractSaysSo() throws Exception {
    commit("{\"timestamp\":\"2026-03-01T10:00:00Z\",\"celsius\":21.5}");
    contract(null);
    run();
    assertThat(quarantine()).containsExactly("[MISSING_FIELD user_id]");

    contract(
        """
        columns: {celsius: {type: "decimal(5,2)", from: celsius}}
        visitor: {required: false}
        """);
    commit("{\"timestamp\":\"2026-03-01T10:00:01Z\",\"celsius\":21.5}");
    run();
    assertThat(rows("visitor, celsius")).containsExactly("[null,21.50]");
  }

  /** As many columns as there are bits in a word, one less and more: rows have more than tables. */
  @Tag("full")
  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 13, 14, 15, 16, 20, 30})
  void asManyColumnsAsAnybodyWants(int columns) throws Exception {
    StringBuilder yaml = new StringBuilder("columns:\n");
    StringBuilder members = new StringBuilder("\"currency\":\"EUR\"");
    for (int i = 0; i < columns; i++) {
      yaml.append("  c%d: {type: string, from: c%d}%n".formatted(i, i));
      members.append(",\"c%d\":\"value %d\"".formatted(i, i));
    }
    contract(yaml.toString());
    commit(event(members.toString()), "{broken");
    run();

    assertThat(rows("c0, c%d, currency, event_date".formatted(columns - 1)))
        .containsExactly("[value 0,value %d,EUR,2026-03-01]".formatted(columns - 1));
    assertThat(quarantine()).hasSize(1);
  }

  @Test
  void aChangedContractIsCarriedIntoThePast() throws Exception {
    String before =
        """
        columns: {category: {type: string, from: category}}
        rules: {cheap: {check: "price < 10", otherwise: quarantine}}
        """;
    String after =
        """
        columns:
          category: {type: string, from: category}
          size: {type: int, from: size}
          upper: {type: string, expr: "upper(category)"}
        rules: {cheap: {check: "price < 100", otherwise: flag}}
        """;
    contract(before);
    land();
    run();
    assertThat(quarantine()).hasSize(2);
    contract(after);
    assertThatThrownBy(() -> Replay.of(open(), configuration()))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("has no column size");
    run();
    Replay.of(open(), configuration()).applyDays(DAY, DAY);
    List<String> replayed = content();
    Map<String, Long> flagged = silver().state().flagged();

    lake = "fresh";
    seq = 0;
    offset = 0;
    land();
    run();
    assertThat(replayed).isEqualTo(content()).hasSize(4);
    assertThat(flagged).isEqualTo(silver().state().flagged()).containsEntry("cheap", 1L);
  }

  private void land() throws IOException {
    commit(
        event("\"category\":\"a\",\"size\":1,\"price\":5"),
        event("\"category\":\"b\",\"size\":2,\"price\":50"),
        event("\"category\":\"c\",\"size\":3,\"price\":500"),
        event("\"category\":\"d\""));
  }

  private List<String> content() {
    return rows("category, size, upper, properties, flags, contract_version, offset");
  }

  /** Maintenance need not be told of a contract. */
  @Test
  void compactionKeepsTheColumnsOfAContractItDoesNotKnow() throws Exception {
    contract("columns: {size: {type: int, from: size}}");
    commit(event("\"size\":1"));
    run();
    contract("columns: {size: {type: int, from: size}, ages: {type: array of string, from: ages}}");
    commit(event("\"size\":2,\"ages\":[\"old\",\"new\"]"));
    run();
    merge();

    assertThat(silver().filesAt(silver().version())).hasSize(1);
    assertThat(rows("size, ages, event_date"))
        .containsExactly("[1,null,2026-03-01]", "[2,ArraySeq(old, new),2026-03-01]");
  }

  @Test
  void aTypeThatChangedIsRefusedWithTheWayOut() throws Exception {
    contract("columns: {size: {type: int, from: size}}");
    commit(event("\"size\":1"));
    run();
    contract("columns: {size: {type: string, from: size}}");

    assertThatThrownBy(this::run)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.problem())
                  .isEqualTo("Column size of the silver table is INT, and would have to be STRING");
              assertThat(e.remedy()).contains("size_2", "backfill");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: {type: int, expr: \"prise * 2\"} | line 2, column 3: the expr of a: [UNRESOLVED_COLUMN",
        "a: {type: int, expr: \"price *\"} | line 2, column 3: the expr of a: [PARSE_SYNTAX_ERROR]",
        "a: {type: int, expr: \"page\"} | its value is STRING, not INT; say how it becomes one",
        "a: {type: int, expr: \"b\"}, b: {type: int, expr: \"a\"} | computed of columns that are"
            + " computed of it",
        "a: {type: long, expr: \"count(*)\"} | aggregates, windows and generators are of many rows",
        "a: {type: long, expr: \"row_number() OVER (ORDER BY price)\"} | aggregates, windows",
        "a: {type: int, expr: \"(SELECT 1)\"} | without a subquery",
        "a: {type: timestamp, expr: \"now()\"} | another one each time",
        "a: {type: date, expr: \"current_date\"} | another one each time",
        "a: {type: string, expr: \"uuid()\"} | another one each time",
        "flags: {type: string, from: x} | silver has a column flags already",
        "City: {type: string, from: x} | no name of a column",
        "currency: {type: string, from: x} | silver has a column currency already"
      })
  void expressionsThatAreNoneAreToldWithTheirPlace(String column, String told) throws Exception {
    contract("columns: {\n  " + column + "}\n");
    commit(event(""));

    assertThatThrownBy(this::run)
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.explain()).contains(told));
  }

  private void merge() {
    Compaction compaction = silver().compaction();
    for (Compaction.Group group : compaction.plan(Instant.now().plusSeconds(60), 1L << 20)) {
      compaction.commit(spark, List.of(compaction.prepare(spark, group)), () -> () -> {});
    }
  }

  private static String event(String members) {
    return "{\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\"%s}"
        .formatted(members.isBlank() ? "" : "," + members);
  }

  private Path contractFile() {
    return folder.resolve("contract.yaml");
  }

  private void contract(String yaml) throws IOException {
    Files.writeString(contractFile(), yaml == null ? "" : yaml);
  }

  private String version() {
    return Contract.read(contractFile().toString()).version();
  }

  private void commit(String... values) throws IOException {
    if (!Files.exists(contractFile())) {
      contract(null);
    }
    BronzeCommits.commit(open(), KAFKA_TIME, ++seq, offset, Arrays.asList(values));
    offset += values.length;
  }

  private void run() throws Exception {
    try (Layer layer = SilverJob.start(open(), configuration(), true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private List<String> rows(String columns) {
    return rows(TableDefinition.SILVER, columns);
  }

  private List<String> rows(TableDefinition of, String columns) {
    LakeTable table = open().table(of);
    return Stream.of(
            (Row[])
                table
                    .rowsAt(spark, table.version())
                    .orderBy("offset")
                    .selectExpr(columns.split(", "))
                    .collect())
        .map(Row::toString)
        .toList();
  }

  /** Codes and fields of the reasons, a row for each record. */
  private List<String> quarantine() {
    LakeTable quarantine = open().table(TableDefinition.QUARANTINE);
    return quarantine
        .rowsAt(spark, quarantine.version())
        .orderBy("offset")
        .selectExpr("array_join(transform(reasons, r -> concat_ws(' ', r.code, r.field)), ', ')")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  private LakeTable silver() {
    return open().table(TableDefinition.SILVER);
  }

  private Lake open() {
    return Lake.open(spark, configuration());
  }

  private Configuration configuration() {
    return Configuration.builder()
        .services(settings, "the test")
        .flag("lake.path", folder.resolve(lake).toString())
        .flag("lake.fast-writer", String.valueOf(fastWriter))
        .flag("silver.contract", contractFile().toString())
        .build();
  }
}
