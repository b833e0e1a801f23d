package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficSourceEnricherTest {
  private static final TrafficSourceEnricher ENRICHER = new TrafficSourceEnricher(text -> text);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | https://shop.example/p | | direct",
        "https://www.google.com/ | https://shop.example/p | google.com | search",
        "https://www.google.co.uk/search?q=x | /p | google.co.uk | search",
        "https://r.search.yahoo.com/x | /p | r.search.yahoo.com | search",
        "https://mail.google.com/ | /p | mail.google.com | other",
        "https://googlefan.example/ | /p | googlefan.example | other",
        "https://l.instagram.com/?u=x | /p | l.instagram.com | social",
        "https://t.co/abc | /p | t.co | social",
        "https://not.t.co.example/abc | /p | not.t.co.example | other",
        "https://SHOP.example:8443/a | https://www.shop.example/p | shop.example | internal",
        "/a | /p | | internal",
        "//cdn.example/a | /p | cdn.example | other",
        "https://u:p@blog.example/a@b | /p | blog.example | other",
        "android-app://com.example/ | /p | com.example | other",
        "https:// | /p | | internal"
      })
  void theReferrerHasADomainAndAMedium(String referrer, String url, String domain, String medium) {
    assertThat(ENRICHER.values(referrer, url)).startsWith(domain, medium);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/p?utm_source=news&utm_medium=email&utm_campaign=a%20b+c&utm_term=t&utm_content=d#x"
            + " | news | email | a b c | t | d",
        "https://h/p?x=1&UTM_Source=S | S | | | |",
        "/p?utm_source=first&utm_source=second | first | | | |",
        "/p?utm_source=&utm_medium=%20 | | | | |",
        "/p?utm_source=100%&utm_term=%00 | 100% | | | |",
        "/p?notutm_source=x | | | | |",
        "/p#utm_source=x | | | | |",
        "/p | | | | |",
        " | | | | |"
      })
  void theAddressNamesTheCampaign(
      String url, String source, String medium, String campaign, String term, String content) {
    assertThat(ENRICHER.values(null, url))
        .endsWith(source, medium, campaign, term, content)
        .startsWith(null, "direct");
  }

  @Test
  void theSameVisitIsLookedUpOnceAndALongAddressIsNotKept() {
    Object[] first = ENRICHER.values("https://bing.com/", "/p");
    String longReferrer = "https://a.example/" + "x".repeat(600);

    assertThat(ENRICHER.values("https://bing.com/", "/p")).isSameAs(first);
    assertThat(ENRICHER.values(longReferrer, "/p"))
        .isEqualTo(ENRICHER.values(longReferrer, "/p"))
        .isNotSameAs(ENRICHER.values(longReferrer, "/p"));
  }

  @Test
  void columnsAndValuesAgree() {
    assertThat(ENRICHER.columns()).hasSameSizeAs(ENRICHER.values("x", "y"));
  }
}
