package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By the table of Google's documentation: each channel, and what comes before another. */
class ChannelGroupTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " | | | Direct",
        "x | y | my cross-network one | Cross-network",
        "amazon.de | cpc | | Paid Shopping",
        "x-partner | ppc | summer shop | Paid Shopping",
        "x-partner | ppc | workshop | Paid Other",
        "google | cpc | | Paid Search",
        "GOOGLE | CPC | | Paid Search",
        "google.com | paid-search | | Paid Search",
        "bing | retargeting | | Paid Search",
        "google | cpm | | Paid Search",
        "facebook | paid_social | | Paid Social",
        "ig | cpc | | Paid Social",
        "x | ppc | | Paid Social",
        "youtube | cpv | | Paid Video",
        "youtube | cpc | | Paid Video",
        "x-partner | cpm | | Display",
        "x-partner | banner | | Display",
        "google | display | | Display",
        "x-partner | cpa | | Paid Other",
        "x-partner | paid | | Paid Other",
        "etsy.com | referral | | Organic Shopping",
        "x | y | big shopping day | Organic Shopping",
        "facebook.com | referral | | Organic Social",
        "l.instagram.com | referral | | Organic Social",
        "x-partner | Social-Network | | Organic Social",
        "vimeo.com | referral | | Organic Video",
        "x-partner | in-video | | Organic Video",
        "duckduckgo.com | referral | | Organic Search",
        "x-partner | organic | | Organic Search",
        "blog.example | referral | | Referral",
        "x-partner | app | | Referral",
        "x-partner | E-Mail | | Email",
        "email | | | Email",
        "x-partner | affiliate | | Affiliates",
        "x-partner | audio | | Audio",
        "sms | | | SMS",
        "x-partner | sms | | SMS",
        "x-partner | web-push | | Mobile Push Notifications",
        "x-partner | mobile | | Mobile Push Notifications",
        "firebase | | | Mobile Push Notifications",
        "x-partner | flyer | | Unassigned",
        "x-partner | | | Unassigned",
        " | | autumn | Unassigned"
      })
  void asInTheDocumentation(String source, String medium, String campaign, String channel) {
    assertThat(ChannelGroup.of(source, medium, campaign)).isEqualTo(channel);
  }
}
