package io.medallion.silver.enrich;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which user agents are not people's, and of which kind they are: {@code search}, {@code
 * ai_training}, {@code ai_assistant} (fetches for somebody who asks), {@code monitor}, {@code
 * library} or {@code other}.
 *
 * <p>By a kept list of patterns; else by words with which programs name themselves, and by those
 * that an operator adds, which make it {@code other}.
 */
final class Crawlers {
  static final String OTHER = "other";

  /** A pattern without any of these finds itself. */
  private static final String SPECIAL = "\\[](){}^$|?*+.";

  private static final List<String> WORDS =
      List.of("crawler", "spider", "slurp", "headlesschrome", "phantomjs", "wget/", "curl/");

  /**
   * Where an agent names the telephone's model, which a maker may have called a bot: {@code (Linux;
   * Android 8.1.0; M BOT 551 Build/O11019)}.
   */
  private static final Pattern MODEL =
      Pattern.compile("android[^;)]{0,20};(?![^)]*compatible)[^)]*\\)");

  private static final List<Known> KNOWN = known();

  private record Known(String kind, Predicate<String> isIn) {}

  private final List<String> ownWords;

  /**
   * @param ownWords of agents that are crawlers, too; whatever their case
   */
  Crawlers(List<String> ownWords) {
    this.ownWords = ownWords.stream().filter(word -> !word.isBlank()).map(Crawlers::lower).toList();
  }

  /** The kind of program that a user agent names; null where nothing says that it is one. */
  String kind(String userAgent) {
    String lower = lower(userAgent);
    if (ownWords.stream().anyMatch(lower::contains)) {
      return OTHER;
    }
    for (Known known : KNOWN) {
      if (known.isIn().test(userAgent)) {
        return known.kind();
      }
    }
    return namesItselfBot(MODEL.matcher(lower).replaceAll("")) ? OTHER : null;
  }

  /** A word of {@link #WORDS}, or one that ends in "bot". */
  private static boolean namesItselfBot(String lower) {
    if (WORDS.stream().anyMatch(lower::contains)) {
      return true;
    }
    for (int at = lower.indexOf("bot"); at >= 0; at = lower.indexOf("bot", at + 3)) {
      if (at + 3 == lower.length() || !Character.isLetter(lower.charAt(at + 3))) {
        return true;
      }
    }
    return false;
  }

  private static List<Known> known() {
    List<Known> known = new ArrayList<>();
    for (String line : KeptList.lines("crawlers.txt")) {
      String[] parts = line.split(" ", 2);
      known.add(new Known(parts[0], finds(parts[1])));
    }
    return List.copyOf(known);
  }

  private static Predicate<String> finds(String pattern) {
    boolean isPlain = pattern.chars().noneMatch(c -> SPECIAL.indexOf(c) >= 0);
    return isPlain ? agent -> agent.contains(pattern) : Pattern.compile(pattern).asPredicate();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
