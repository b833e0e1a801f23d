package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficSourceEnricherTest {
  private static final TrafficSourceEnricher ENRICHER =
      new TrafficSourceEnricher(List.of(), List.of(), text -> text);

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
        "https:// | /p | | direct",
        "/login?next=https://www.google.com/ | /p | | internal",
        "?next=//www.google.com/ | /p | | internal",
        "https://shop.example/login?next=https://www.google.com/ | /p | shop.example | other",
        "https://facebook.com/ | /share?u=https://facebook.com/ | facebook.com | social",
        "https://m.facebook.com/ | https://shop.example/?u=//facebook.com/ | m.facebook.com | social",
        "http://[2001:db8::1]:80/x | /p | [2001:db8::1] | other",
        "http://[2001:db8::1]:80/x | http://[2001:DB8::1]/y | [2001:db8::1] | internal",
        "http://[2001:db8::1::]/x | /p | | direct",
        "http://203.0.113.9:8080/x | /p | 203.0.113.9 | other",
        "android-app://com.google.android.gm/ | /p | com.google.android.gm | other",
        "android-app://com.google.android.googlequicksearchbox/https/www.google.com | /p"
            + " | com.google.android.googlequicksearchbox | search",
        "android-app://com.facebook.katana/ | /p | com.facebook.katana | social",
        "https://google.evil.example/ | /p | google.evil.example | other",
        "https://google.com.evil.example/ | /p | google.com.evil.example | other",
        "https://facebook.com.evil.example/ | /p | facebook.com.evil.example | other",
        "https://www.google.com@evil.example/ | /p | evil.example | other",
        "https://evil.example\\@www.google.com/ | /p | evil.example | other",
        "https://evil.example#@www.google.com/ | /p | evil.example | other",
        "https://accounts.google.com/ | /p | accounts.google.com | other",
        "https://www.google.de. | /p | google.de | search",
        "https://GOOGLE.com.br/search?q=a b^c | /p | google.com.br | search",
        "https://de.search.yahoo.com/ | /p | de.search.yahoo.com | search",
        "https://cn.bing.com/ | /p | cn.bing.com | search",
        "https://yandex.ru/ | /p | yandex.ru | search",
        "https://my_shop.example/ | /p | my_shop.example | other",
        "https://müller.example/ | /p | müller.example | other",
        "https://ex ample/ | /p | | direct",
        "https://a..example/ | /p | | direct",
        "- | /p | | direct",
        "null | /p | | direct",
        "about:blank | /p | | direct",
        "(direct) | /p | | direct",
        "index.html | /p | | direct",
        "www.google.com/search?q=a | /p | google.com | search",
        "google.com/search?q=a | /p | google.com | search",
        "www.blog.example | /p | blog.example | other",
        "shop.example/a | https://shop.example/b | shop.example | internal"
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
        .startsWith(null, "direct", source, medium, campaign, term, content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | https://shop.example/p | Direct",
        "- | /p | Direct",
        "https://www.google.de/ | /p | Organic Search",
        "https://m.facebook.com/ | /p | Organic Social",
        "https://www.youtube.com/watch?v=1 | /p | Organic Video",
        "https://www.amazon.co.jp/x | /p | Organic Shopping",
        "https://blog.example/ | /p | Referral",
        "https://shop.example/a | https://shop.example/p | ",
        "/a | /p | ",
        "/a | /p?utm_source=news&utm_medium=email | Email",
        "https://www.google.de/ | /p?utm_source=google&utm_medium=cpc | Paid Search",
        "https://www.google.de/ | /p?utm_campaign=autumn | Organic Search",
        "https://www.google.de/ | /p?utm_campaign=Shopping%20week | Organic Shopping",
        " | /p?utm_campaign=autumn | Unassigned",
        "https://blog.example/ | /p?utm_source=x-partner | Unassigned"
      })
  void aVisitComesByAChannelAndAStepWithinTheSiteByNone(
      String referrer, String url, String channel) {
    assertThat(ENRICHER.values(referrer, url)[7]).isEqualTo(channel);
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
  void noReferrerIsTooLong() {
    for (String hostile : new String[] {"a.", "@", ":", "/", "[", "www.", "\\", "é", "{}"}) {
      String referrer = "https://" + hostile.repeat(50_000);
      assertThat(ENRICHER.values(referrer, referrer)[1]).isIn("direct", "other", "internal");
      assertThat(ENRICHER.values(hostile.repeat(50_000), "/p")[1]).isIn("direct", "internal");
    }
    assertThat(ENRICHER.values("https://www.google.com/?q=" + "x".repeat(50_000), "/p")[1])
        .isEqualTo("search");
  }

  @Test
  void everyHostOfTheListsIsFound() {
    for (String list : List.of("search-engines.txt", "social-networks.txt")) {
      List<String> hosts =
          Resource.text(Referrer.class, list).lines().filter(l -> !l.startsWith("#")).toList();
      assertThat(hosts).hasSizeGreaterThan(200).doesNotHaveDuplicates();
      for (String host : hosts) {
        Object medium = ENRICHER.values("https://" + host.replace("{}", "de") + "/", "/p")[1];
        // Networks are searched, too.
        assertThat(medium).as(host).isIn("social", list.startsWith("search") ? "search" : "social");
      }
    }
  }

  @Test
  void columnsAndValuesAgree() {
    assertThat(ENRICHER.columns()).hasSameSizeAs(ENRICHER.values("x", "y"));
  }
}
