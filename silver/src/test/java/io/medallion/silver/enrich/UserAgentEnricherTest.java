package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserAgentEnricherTest {
  private static final UserAgentEnricher ENRICHER =
      new UserAgentEnricher(List.of("OurProbe"), text -> text);

  private static final int IS_BOT = 3;

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
    assertThat(ENRICHER.values(agent)).startsWith(device, browser, system, bot);
  }

  @Test
  void aMissingUserAgentIsNoBot() {
    assertThat(ENRICHER.values((String) null)).containsExactly("unknown", null, null, false, null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) | search",
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like"
            + " Gecko) Chrome/41.0 Mobile Safari/537.36 (compatible; Googlebot/2.1;"
            + " +http://www.google.com/bot.html) | search",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2;"
            + " +https://openai.com/gptbot) | ai_training",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0;"
            + " +Claude-User@anthropic.com) | ai_assistant",
        "Mozilla/5.0 (compatible; Perplexity-User/1.0; +https://perplexity.ai/x) | ai_assistant",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/126.0.0.0 Safari/537.36 Chrome-Lighthouse | monitor",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/) | monitor",
        "axios/1.7.2 | library",
        "okhttp/4.12.0 | library",
        "python-requests/2.32.3 | library",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/) | other",
        "Mozilla/5.0 (compatible; never-heard-of-bot) | other",
        "Mozilla/5.0 (Linux; Android 9; compatible; never-heard-of-bot) | other",
        "Mozilla/5.0 (Windows NT 10.0) ourprobe/3 | other"
      })
  void everyKindOfCrawlerIsTold(String agent, String kind) {
    assertThat(ENRICHER.values(agent)).startsWith("bot").endsWith(true, (Object) kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 Chrome/99.0 Mobile"
            + " Safari/537.36",
        "Mozilla/5.0 (Linux; Android 8.1.0; M BOT 551 Build/O11019) AppleWebKit/537.36 (KHTML, like"
            + " Gecko) Chrome/92.0.4515.159 Mobile Safari/537.36"
      })
  void aPhoneMayBeCalledABot(String agent) {
    assertThat(ENRICHER.values(agent)).startsWith("mobile").endsWith(false, (Object) null);
  }

  @Test
  void everyAgentOfAPublicListOfCrawlersIsOne() {
    for (String agent : agents("crawler-agents.txt")) {
      assertThat(ENRICHER.values(agent)[IS_BOT]).as(agent).isEqualTo(true);
    }
  }

  @Test
  void noAgentOfAPublicListOfBrowsersIsACrawlers() {
    for (String agent : agents("browser-agents.txt")) {
      assertThat(ENRICHER.values(agent)[IS_BOT]).as(agent).isEqualTo(false);
    }
  }

  private static List<String> agents(String file) {
    List<String> lines =
        Resource.text(UserAgentEnricherTest.class, file)
            .lines()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(lines).hasSizeGreaterThan(500);
    return lines;
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
