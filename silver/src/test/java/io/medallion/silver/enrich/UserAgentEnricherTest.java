package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserAgentEnricherTest {
  private static final UserAgentEnricher ENRICHER = new UserAgentEnricher(text -> text);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/126.0.0.0 Safari/537.36 | desktop | Chrome | Windows | false",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            + " Version/17.4 Safari/605.1.15 | desktop | Safari | Mac OS X | false",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
            + " | desktop | Firefox | Linux | false",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
            + " Gecko) Version/17.5 Mobile/15E148 Safari/604.1 | mobile | Mobile Safari | iOS |"
            + " false",
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/126.0.0.0 Mobile Safari/537.36 | mobile | Chrome Mobile | Android | false",
        "Mozilla/5.0 (Linux; Android 13; SM-X900) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/126.0.0.0 Safari/537.36 | tablet | Chrome | Android | false",
        "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            + " Version/17.5 Mobile/15E148 Safari/604.1 | tablet | Mobile Safari | iOS | false",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
            + " | bot | Googlebot | Other | true",
        "curl/8.5.0 | bot | curl | Other | true",
        "nonsense | other | Other | Other | false"
      })
  void everyKindIsTold(String agent, String device, String browser, String system, boolean bot) {
    assertThat(ENRICHER.values(agent)).containsExactly(device, browser, system, bot);
  }

  @Test
  void aMissingUserAgentIsNoBot() {
    assertThat(ENRICHER.values((String) null)).containsExactly("unknown", null, null, false);
  }

  @Test
  void aPhoneOfTheMakeCubotIsNoBot() {
    assertThat(
            ENRICHER.values(
                "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 Chrome/99.0"
                    + " Mobile Safari/537.36"))
        .startsWith("mobile")
        .endsWith(false);
  }

  @Test
  void whatFollowsTheLongestTextIsNotLookedAt() {
    String start = "x".repeat(UserAgentEnricher.LONGEST);

    assertThat(ENRICHER.values(start + "Googlebot"))
        .isSameAs(ENRICHER.values(start + "y".repeat(100_000)));
  }

  @Test
  void columnsAndValuesAgree() {
    assertThat(ENRICHER.columns()).hasSameSizeAs(ENRICHER.values("x"));
  }
}
