package io.medallion.silver.enrich;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The channel of a source, a medium and a campaign: the default channel group of Google Analytics
 * 4, by the rules and in the order of <a
 * href="https://support.google.com/analytics/answer/9756891">its documentation</a>. Channels that
 * only Google's own advertising accounts can tell are not among them.
 */
final class ChannelGroup {
  static final String DIRECT = "Direct";

  /** What kind of site a source is. */
  private enum Kind {
    SEARCH,
    SOCIAL,
    VIDEO,
    SHOPPING
  }

  private static final Pattern PAID = Pattern.compile(".*cp.*|ppc|retargeting|paid.*");
  private static final Pattern SHOP =
      Pattern.compile(".*(?:(?:[^a-df-z]|^)shop|shopping).*", Pattern.DOTALL);
  private static final Set<String> DISPLAY =
      Set.of("display", "banner", "expandable", "interstitial", "cpm");
  private static final Set<String> SOCIAL_MEDIA =
      Set.of("social", "social-network", "social-media", "sm", "social network", "social media");
  private static final Set<String> LINKS = Set.of("referral", "app", "link");
  private static final Set<String> EMAIL = Set.of("email", "e-mail", "e_mail", "e mail");

  private static final Map<String, Kind> NAMES = new HashMap<>();
  private static final Predicate<String> VIDEO_SITES = KeptList.whole(kept("video"));
  private static final Predicate<String> SHOPPING_SITES = KeptList.whole(kept("shopping"));

  static {
    for (Kind kind : Kind.values()) {
      named(lower(kind.name())).forEach(name -> NAMES.put(name, kind));
    }
  }

  private ChannelGroup() {}

  /**
   * The channel of a visit's beginning.
   *
   * @param source of the campaign, or the referrer's host; null for none
   * @param medium of the campaign, {@code organic} for a search engine, {@code referral} for
   *     another referrer; null for none
   * @param campaign its name; null for none
   * @return never null; {@value #DIRECT} if all three are null
   */
  static String of(String source, String medium, String campaign) {
    if (source == null && medium == null && campaign == null) {
      return DIRECT;
    }
    return of(kind(lower(source)), lower(source), lower(medium), lower(campaign));
  }

  private static String of(Kind kind, String source, String medium, String campaign) {
    boolean isPaid = PAID.matcher(medium).matches();
    boolean isShop = kind == Kind.SHOPPING || SHOP.matcher(campaign).matches();
    if (campaign.contains("cross-network")) {
      return "Cross-network";
    }
    if (isPaid) {
      return paid(kind, isShop, medium);
    }
    if (DISPLAY.contains(medium)) {
      return "Display";
    }
    if (isShop) {
      return "Organic Shopping";
    }
    if (kind == Kind.SOCIAL || SOCIAL_MEDIA.contains(medium)) {
      return "Organic Social";
    }
    if (kind == Kind.VIDEO || medium.contains("video")) {
      return "Organic Video";
    }
    if (kind == Kind.SEARCH || medium.equals("organic")) {
      return "Organic Search";
    }
    return unpaid(source, medium);
  }

  private static String paid(Kind kind, boolean isShop, String medium) {
    if (isShop) {
      return "Paid Shopping";
    }
    if (kind == Kind.SEARCH) {
      return "Paid Search";
    }
    if (kind == Kind.SOCIAL) {
      return "Paid Social";
    }
    if (kind == Kind.VIDEO) {
      return "Paid Video";
    }
    return DISPLAY.contains(medium) ? "Display" : "Paid Other";
  }

  private static String unpaid(String source, String medium) {
    if (LINKS.contains(medium)) {
      return "Referral";
    }
    if (EMAIL.contains(source) || EMAIL.contains(medium)) {
      return "Email";
    }
    if (medium.equals("affiliate")) {
      return "Affiliates";
    }
    if (medium.equals("audio")) {
      return "Audio";
    }
    if (source.equals("sms") || medium.equals("sms")) {
      return "SMS";
    }
    boolean isPush =
        medium.endsWith("push")
            || medium.contains("mobile")
            || medium.contains("notification")
            || source.equals("firebase");
    return isPush ? "Mobile Push Notifications" : "Unassigned";
  }

  private static Kind kind(String source) {
    Kind named = NAMES.get(source);
    if (named != null) {
      return named;
    }
    if (VIDEO_SITES.test(source)) {
      return Kind.VIDEO;
    }
    if (SHOPPING_SITES.test(source)) {
      return Kind.SHOPPING;
    }
    if (Referrer.isSocial(source)) {
      return Kind.SOCIAL;
    }
    return Referrer.isSearch(source) ? Kind.SEARCH : null;
  }

  /** The hosts of a kind in the kept list. */
  private static List<String> kept(String kind) {
    return entries(kind).filter(entry -> entry.contains(".")).toList();
  }

  /** The bare names of a kind in the kept list. */
  private static List<String> named(String kind) {
    return entries(kind).filter(entry -> !entry.contains(".")).toList();
  }

  private static Stream<String> entries(String kind) {
    return KeptList.lines("traffic-sources.txt").stream()
        .map(line -> line.split(" ", 2))
        .filter(line -> line[0].equals(kind))
        .map(line -> line[1].strip());
  }

  private static String lower(String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }
}
