package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands for a column of pseudonyms is in this column alone, however a producer sends it. */
class PseudonymizedEventTest {
  private static final String KEY = "a key of some length, for tests";

  @Test
  void anotherNameOfTheSameIsNotKept() {
    String aliases = "\"ip\":\"203.0.113.9\",\"ip_address\":\"203.0.113.7\"";
    assertThat(Records.with(aliases).properties()).contains("203.0.113.9");
    assertThat(properties(Map.of(), aliases)).isNull();
    String turned = "\"ip_address\":\"203.0.113.7\",\"ip\":\"203.0.113.9\"";
    assertThat(properties(Map.of(), turned)).isNull();
  }

  @Test
  void aValueInsideAnObjectLeavesIt() {
    Map<String, String> mapped = Map.of("silver.fields.user_id", "customer.id");
    String nested = "\"customer\":{\"id\":\"anna-4711\",\"tier\":\"gold\"}";
    assertThat(properties(mapped, nested)).isEqualTo("{\"customer\":{\"tier\":\"gold\"}}");
    // And one that another name has won against.
    Map<String, String> second = Map.of("silver.fields.ip_address", "client.ip");
    String both = "\"ip\":\"203.0.113.9\",\"client\":{\"ip\":\"203.0.113.7\",\"os\":\"x\"}";
    assertThat(properties(second, both)).isEqualTo("{\"client\":{\"os\":\"x\"}}");
  }

  @Test
  void aColumnOfAContractIsLikeOurs(@TempDir Path folder) throws Exception {
    Path contract = folder.resolve("contract.yaml");
    Files.writeString(contract, "columns: {mail: {type: string, from: [mail, contact.mail]}}");
    Map<String, String> named =
        Map.of("silver.contract", contract.toString(), "silver.pseudonymize", "mail");
    String both = "\"mail\":\"a@x.example\",\"contact\":{\"mail\":\"b@x.example\",\"n\":1}";
    assertThat(properties(named, both)).isEqualTo("{\"contact\":{\"n\":1}}");
  }

  /** What silver cuts or drops of an address is not in its properties either. */
  @Test
  void anAddressOfWhichLessIsKeptIsNotKeptUnderAnotherName() {
    String both = "\"ip\":\"203.0.113.9\",\"client\":{\"ip\":\"203.0.113.7\",\"os\":\"x\"}";
    Map<String, String> settings = new HashMap<>(Map.of("silver.fields.ip_address", "client.ip"));
    for (String policy : List.of("truncate", "drop")) {
      settings.put("silver.ip-anonymization", policy);
      ParsedEvent event = Records.parse(parser(settings), bytes(Records.event(both)));
      assertThat(event.ipAddress()).isEqualTo("203.0.113.7");
      assertThat(event.properties()).isEqualTo("{\"client\":{\"os\":\"x\"}}");
    }
    settings.put("silver.fields.ip_address", "chain[0].ip");
    assertThatThrownBy(() -> parser(settings))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("silver.ip-anonymization cannot hide");
  }

  private static EventParser parser(Map<String, String> settings) {
    Configuration.Builder configuration = Configuration.builder();
    settings.forEach(configuration::flag);
    return new EventParser(EventRules.of(configuration.build()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** It would stay in the array. */
  @Test
  void aValueInAnArrayIsRefused(@TempDir Path folder) throws Exception {
    Path contract = folder.resolve("contract.yaml");
    Files.writeString(
        contract, "columns: {mail: {type: string, from: \"contacts[type=mail].value\"}}");
    assertThatThrownBy(
            () ->
                rules(
                    Map.of("silver.contract", contract.toString(), "silver.pseudonymize", "mail")))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("silver.pseudonymize cannot name mail");
    assertThatThrownBy(() -> rules(Map.of("silver.fields.user_id", "contacts[type=mail].value")))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("silver.pseudonymize cannot name user_id");
  }

  /** An erased id is erased whether it is remembered as it was sent or as silver knows it. */
  @Test
  void anErasedPersonIsKnownByPseudonym() {
    EventRules rules = rules(Map.of());
    String pseudonym = rules.contract().pseudonyms().of("u42").get(0);
    ErasureKey key = ErasureKey.of("a key");
    ErasedRecords erased =
        new ErasedRecords(
            rules,
            ErasedIds.of(
                "1",
                key,
                List.of(
                    key.entry(ErasedIds.Kind.USER, pseudonym),
                    key.entry(ErasedIds.Kind.USER, "u7")),
                List.of("null")));
    assertThat(erased.concerns("u42", null, null)).isTrue();
    assertThat(erased.concerns(pseudonym, null, null)).isTrue();
    assertThat(erased.concerns("u7", null, null)).isTrue();
    assertThat(erased.concerns("u43", null, null)).isFalse();
    assertThat(erased.concerns(null, "u42", null)).isFalse();
    byte[] broken = "{\"user_id\":\"u42\",\"time".getBytes(StandardCharsets.UTF_8);
    ParsedEvent event = Records.parse(new EventParser(rules), broken);
    assertThat(erased.concerns(event, null, broken)).isTrue();
  }

  private static String properties(Map<String, String> settings, String members) {
    ParsedEvent event =
        Records.parse(
            new EventParser(rules(settings)),
            ("{\"timestamp\":\"2026-06-01T10:00:00Z\",\"session_id\":\"s\"," + members + "}")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(event.reasons()).isEmpty();
    return event.properties();
  }

  private static EventRules rules(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("silver.pseudonymize", "user_id,ip_address");
    all.put("pseudonym.key", KEY);
    return EventRules.of(Configuration.builder().services(all, "the test").build());
  }
}
