package io.medallion.common.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PseudonymsTest {
  private static final String KEY = "a key of some length, for tests";
  private static final String PREVIOUS = "another key, which came before it";

  /** By {@code printf u42 | openssl dgst -sha256 -hmac KEY}, the first half. */
  private static final String U42 = "b1d0223922758d50b886f674f3990af5";

  private static final String U42_BEFORE = "69ae44c7fcfcc2bbbf1301732e42ae26";

  private static final Map<String, String> ON =
      Map.of("silver.pseudonymize", "user_id, ip_address", "pseudonym.key", KEY);

  @Test
  void aPseudonymIsTheFirstHalfOfTheHmac() {
    Pseudonyms.Maker maker = of(ON).maker();
    assertThat(maker.of("u42")).isEqualTo(U42);
    // Once more, from what is remembered.
    assertThat(maker.of("u42")).isEqualTo(U42);
    assertThat(maker.of("u43")).isNotEqualTo(U42).hasSize(32);
    assertThat(maker.of(null)).isNull();
    assertThat(of(ON).of("u42")).containsExactly(U42);
  }

  /** It links nothing, and must not begin to. */
  @ParameterizedTest
  @ValueSource(strings = {"null", " NULL ", "undefined", "0", " "})
  void whatIsNobodysIdStaysAsItIs(String placeholder) {
    assertThat(of(ON).maker().of(placeholder)).isEqualTo(placeholder);
    assertThat(of(ON).of(placeholder)).isEmpty();
  }

  @Test
  void underTwoKeysNewOnesAreByTheCurrentAndBothAreKnown() {
    Pseudonyms both = both();
    assertThat(both.maker().of("u42")).isEqualTo(U42);
    assertThat(both.of("u42")).containsExactly(U42, U42_BEFORE);
    Pseudonyms before = both.previous().orElseThrow();
    assertThat(before.maker().of("u42")).isEqualTo(U42_BEFORE);
    assertThat(before.version())
        .isEqualTo(
            of(Map.of("silver.pseudonymize", "ip_address,user_id", "pseudonym.key", PREVIOUS))
                .version())
        .isNotEqualTo(both.version());
    assertThat(both.version()).isEqualTo(of(ON).version());
    assertThat(of(ON).previous()).isEmpty();
  }

  @Test
  void theVersionTellsColumnsAndPlaceholdersApart() {
    String version = of(ON).version();
    assertThat(version).matches("p[0-9a-f]{12}");
    assertThat(of(Map.of("silver.pseudonymize", "user_id", "pseudonym.key", KEY)).version())
        .isNotEqualTo(version);
    assertThat(
            of(Map.of(
                    "silver.pseudonymize",
                    "user_id,ip_address",
                    "pseudonym.key",
                    KEY,
                    "gold.placeholder-ids",
                    "nobody"))
                .version())
        .isNotEqualTo(version);
    assertThat(Pseudonyms.NONE.version()).isEmpty();
  }

  /** A contract's version has that of its pseudonyms behind it. */
  @Test
  void theContractsVersionHasBoth(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("contract.yaml");
    Files.writeString(file, "columns: {mail: {type: string, from: mail}}");
    String declared = Contract.read(file.toString()).version();
    Contract contract =
        Contract.of(
            configuration(
                Map.of(
                    "silver.contract",
                    file.toString(),
                    "silver.pseudonymize",
                    "user_id,mail",
                    "pseudonym.key",
                    KEY)));
    String own = contract.pseudonyms().version();
    assertThat(contract.version()).isEqualTo(declared + "+" + own);
    assertThat(contract.isWithholding()).isTrue();
    assertThat(Contract.pseudonymsOf(contract.version())).isEqualTo(own);
    assertThat(Contract.pseudonymsOf(declared)).isEmpty();
    assertThat(Contract.pseudonymsOf(null)).isEmpty();
    String byOther = declared + "+" + both().version();
    assertThat(byOther).isNotEqualTo(contract.version());
    assertThat(Contract.refuseAlike(contract.version(), byOther)).isTrue();
    assertThat(Contract.refuseAlike(contract.version(), declared)).isFalse();
    assertThat(Contract.refuseAlike(own, byOther)).isFalse();
    assertThat(Contract.refuseAlike(null, own)).isFalse();
    assertThat(Contract.refuseAlike(null, null)).isTrue();
    Contract alone = Contract.of(configuration(ON));
    assertThat(alone.version()).isEqualTo(of(ON).version());
    assertThat(Contract.pseudonymsOf(alone.version())).isEqualTo(alone.version());
  }

  @Test
  void fingerprintsAreComparedAcrossKeysAndWithThoseOfBefore() {
    Pseudonyms both = both();
    long today = both.maker().sealed(17);
    long before = both.previous().orElseThrow().maker().sealed(17);
    long never = 17;
    assertThat(today).isNotEqualTo(before).isNotEqualTo(never);
    for (long known : new long[] {today, before, never}) {
      assertThat(both.isSame(today, known)).isTrue();
      assertThat(both.isSame(known, today)).isTrue();
      assertThat(both.isSame(both.maker().sealed(18), known)).isFalse();
    }
    // Without the previous key nobody can tell.
    assertThat(of(ON).isSame(today, before)).isFalse();
    assertThat(Pseudonyms.NONE.maker().sealed(17)).isEqualTo(17);
  }

  @Test
  void aFingerprintOfBeforeIsSealedAgain() {
    Pseudonyms both = both();
    Pseudonyms before = both.previous().orElseThrow();
    long today = both.maker().sealed(17);
    assertThat(both.sealedToday(17, "")).isEqualTo(today);
    assertThat(both.sealedToday(today, both.version())).isEqualTo(today);
    assertThat(both.sealedToday(before.maker().sealed(17), before.version())).isEqualTo(today);
    assertThat(Pseudonyms.NONE.sealedToday(17, "")).isEqualTo(17);
    // Other columns do not make it another key, and none of it is left when it is switched off.
    Pseudonyms wider =
        of(
            Map.of(
                "silver.pseudonymize", "user_id,session_id,ip_address",
                "pseudonym.key", KEY,
                "pseudonym.previous-key", PREVIOUS));
    assertThat(wider.version()).isNotEqualTo(both.version());
    assertThat(wider.sealedToday(before.maker().sealed(17), before.version())).isEqualTo(today);
    assertThat(wider.sealedToday(today, both.version())).isEqualTo(today);
    Pseudonyms off = of(Map.of("pseudonym.key", KEY));
    assertThat(off.sealedToday(today, both.version())).isEqualTo(17);
    assertThat(of(ON).sealedToday(before.maker().sealed(17), before.version()))
        .isEqualTo(before.maker().sealed(17));
  }

  /** Switched off, rows of before are still known. */
  @Test
  void keysWithoutColumnsMakeNothingAndStillKnow() {
    Pseudonyms off = of(Map.of("pseudonym.key", KEY));
    assertThat(off.isOn()).isFalse();
    assertThat(off.version()).isEmpty();
    assertThat(off.of("u42")).containsExactly(U42);
    assertThat(off.isSame(17, of(ON).maker().sealed(17))).isTrue();
    assertThat(Contract.NONE.with(off).version()).isNull();
  }

  @Test
  void whatCannotBeIsRefused(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> of(Map.of("silver.pseudonymize", "user_id")))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("There is no key for pseudonyms");
    assertThatThrownBy(
            () -> of(Map.of("silver.pseudonymize", "user_id", "pseudonym.key", "too short")))
        .hasMessageContaining("pseudonym.key is too short");
    Path file = folder.resolve("contract.yaml");
    Files.writeString(
        file,
        """
        columns:
          upper: {type: string, expr: "upper(page)"}
          weight: {type: int, from: weight}
        """);
    for (String column : new String[] {"event_id", "url", "page", "upper", "weight", "x"}) {
      Map<String, String> settings =
          Map.of(
              "silver.contract",
              file.toString(),
              "silver.pseudonymize",
              column,
              "pseudonym.key",
              KEY);
      assertThatThrownBy(() -> Contract.of(configuration(settings)))
          .as(column)
          .isInstanceOf(MedallionException.class)
          .hasMessageContaining("silver.pseudonymize cannot name " + column);
    }
  }

  @Test
  void nothingShowsAKey() {
    assertThat(both().toString()).doesNotContain(KEY).doesNotContain(PREVIOUS);
    assertThat(Contract.NONE.with(both()).toString()).doesNotContain(KEY).doesNotContain(PREVIOUS);
  }

  private static Pseudonyms both() {
    return of(
        Map.of(
            "silver.pseudonymize",
            "user_id,ip_address",
            "pseudonym.key",
            KEY,
            "pseudonym.previous-key",
            PREVIOUS));
  }

  private static Pseudonyms of(Map<String, String> settings) {
    return Pseudonyms.of(configuration(settings));
  }

  private static Configuration configuration(Map<String, String> settings) {
    Configuration.Builder configuration = Configuration.builder();
    return configuration.services(settings, "the test").build();
  }
}
