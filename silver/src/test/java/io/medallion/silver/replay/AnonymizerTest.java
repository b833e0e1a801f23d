package io.medallion.silver.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.common.event.ErasureKey;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.parse.AnonymizedColumns;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class AnonymizerTest {
  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final ErasureKey KEY = ErasureKey.of("a key that is long enough");
  private static final String USER = "user-4711";

  @Test
  void anIdIsTheSameOneEverywhereAndAnotherByAnotherSecret() {
    String made = made(Map.of("user_id", USER, "page", "/users/" + USER + "/orders"), "one");
    String id = value(made, "user_id");
    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(value(made, "visitor")).isEqualTo(id);
    assertThat(value(made, "page")).isEqualTo("/users/" + id + "/orders");
    assertThat(made(Map.of("user_id", USER), "one")).contains(id);
    assertThat(made(Map.of("user_id", USER), "two")).doesNotContain(id);
  }

  @Test
  void anIdThatOthersHaveStays() {
    String made = made(Map.of("user_id", USER, "anonymous_id", "shared"), "one");
    assertThat(value(made, "anonymous_id")).isEqualTo("shared");
  }

  @Test
  void aShortIdIsReplacedAsAWordAlone() {
    String made = made(Map.of("user_id", USER, "session_id", "42", "page", "/p421/42/x"), "one");
    assertThat(value(made, "page")).isEqualTo("/p421/" + value(made, "session_id") + "/x");
  }

  @Test
  void whatNumbersAreByStaysWhateverIdsThereAre() {
    Map<String, String> event =
        Map.of("user_id", USER, "session_id", "42", "product_id", "42", "site", "42", "city", "42");
    String made = made(event, "one");
    assertThat(value(made, "product_id")).isEqualTo("42");
    assertThat(value(made, "site")).isEqualTo("42");
    assertThat(value(made, "city")).isEqualTo("42");
    assertThat(value(made, "session_id")).matches("[0-9a-f]{32}");
  }

  @Test
  void aShortEventIdIsReplacedAsAWordAlone() {
    String made = made(Map.of("user_id", USER, "event_id", "123", "page", "/e/123/1234"), "one");
    assertThat(value(made, "page")).isEqualTo("/e/" + value(made, "event_id") + "/1234");
  }

  @Test
  void addressesLoseWhatTheyWereAskedAndByWhom() {
    assertThat(url("https://u:p@shop.example/a/b?mail=x#y")).isEqualTo("https://shop.example/a/b");
    assertThat(url("https://shop.example?mail=x@y")).isEqualTo("https://shop.example");
    assertThat(url("/a/b?to=https://x@y/z")).isEqualTo("/a/b");
    assertThat(url("/mail/x@y")).isEqualTo("/mail/x@y");
    assertThat(url("//u@shop.example/a#b")).isEqualTo("//shop.example/a");
    assertThat(url("#")).isEmpty();
    assertThat(referrer("https://u@www.search.example/find?q=me"))
        .isEqualTo("https://www.search.example/");
    assertThat(referrer("android-app://com.example.mail"))
        .isEqualTo("android-app://com.example.mail/");
    assertThat(referrer("search.example/find?q=me")).isEqualTo("search.example");
  }

  @Test
  void whatMayLeadToAPersonIsDropped() {
    String made =
        made(
            Map.of(
                "user_id",
                USER,
                "ip_address",
                "203.0.113.7",
                "user_agent",
                "x",
                "properties",
                "{}",
                "as_organization",
                "Somebody's Own Network"),
            "one");
    assertThat(made).doesNotContain("ip_address", "user_agent", "properties", "as_organization");
  }

  @Test
  void anEventIdThatAnotherClaimsStays() {
    assertThat(value(made(Map.of("user_id", USER, "event_id", "claimed"), "one"), "event_id"))
        .isEqualTo("claimed");
    assertThat(value(made(Map.of("user_id", USER, "event_id", "other"), "one"), "event_id"))
        .matches("[0-9a-f]{32}");
  }

  private static String url(String url) {
    return value(made(Map.of("user_id", USER, "url", url), "one"), "url");
  }

  private static String referrer(String url) {
    return value(made(Map.of("user_id", USER, "referrer", url), "one"), "referrer");
  }

  private static String value(String json, String column) {
    String name = "\"" + column + "\":\"";
    int from = json.indexOf(name) + name.length();
    return json.substring(from, json.indexOf('"', from));
  }

  private static String made(Map<String, String> event, String secret) {
    Object[] row = new Object[SILVER.length()];
    event.forEach((name, text) -> row[SILVER.fieldIndex(name)] = UTF8String.fromString(text));
    row[SILVER.fieldIndex("event_id")] =
        UTF8String.fromString(event.getOrDefault("event_id", "event-1"));
    row[SILVER.fieldIndex("visitor")] = UTF8String.fromString(USER);
    row[SILVER.fieldIndex("event_time")] = 1L;
    row[SILVER.fieldIndex("fingerprint")] = 2L;
    ErasedIds erased =
        ErasedIds.of(
            "x",
            KEY,
            List.of(KEY.entry(Kind.USER, USER), KEY.entry(Kind.SESSION, "42")),
            List.of());
    Anonymizer anonymizer =
        new Anonymizer(
            new Anonymizer.Task(
                "x",
                secret,
                KEY,
                erased,
                EventRules.defaults(),
                Set.of(USER, "42"),
                Set.of("claimed")),
            SILVER,
            new AnonymizedColumns(SILVER, Set.of()));
    return new String(anonymizer.bytes(new GenericInternalRow(row)), StandardCharsets.UTF_8);
  }
}
