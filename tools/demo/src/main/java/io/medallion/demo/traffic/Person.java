package io.medallion.demo.traffic;

import io.medallion.demo.geoip.DemoCity;
import java.nio.charset.StandardCharsets;

/**
 * Somebody who visits the shop, the same every time for a seed and a number: name, device, address
 * and habits.
 *
 * @param user as whom it logs in, null for one who never does
 * @param anonymous its device's id; null for one who keeps no cookies, who is then the session
 * @param device address and user agent as JSON members, followed by a comma; empty for none
 * @param crawler whether it is a machine
 * @param app whether it uses the shop's app, which sends no pages for products
 * @param currency what it pays with
 * @param favourite the category it looks at most
 * @param eagerness from 0 to 2: how readily it buys
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Compared by nobody, and made a hundred thousand times a second.
record Person(
    String user,
    String anonymous,
    byte[] device,
    boolean crawler,
    boolean app,
    String currency,
    int favourite,
    double eagerness) {
  private static final double ANONYMOUS = 0.20;
  private static final double WITHOUT_COOKIES = 0.03;
  private static final double APP = 0.20;
  private static final double WITHOUT_ADDRESS = 0.01;

  static Person of(long seed, int number, Addresses addresses, double crawlers) {
    SeededRandom random = SeededRandom.of(seed, 1, number);
    boolean crawler = random.happens(crawlers);
    boolean app = !crawler && random.happens(APP);
    double kind = random.unit();
    String anonymous = "anon-%08x%04x".formatted((int) random.nextLong(), number & 0xffff);
    String user = "user_%06d".formatted(number);
    DemoCity city = addresses.city(random);
    String address =
        random.happens(WITHOUT_ADDRESS)
            ? ""
            : "\"ip_address\":\"" + addresses.address(city, random) + "\",";
    String agent =
        random.oneOf(crawler ? UserAgents.CRAWLERS : app ? UserAgents.APPS : UserAgents.BROWSERS);
    boolean knowsNobody = kind < WITHOUT_COOKIES && !crawler;
    boolean logsIn = kind >= WITHOUT_COOKIES + ANONYMOUS && !crawler;
    return new Person(
        logsIn ? user : null,
        knowsNobody ? null : anonymous,
        bytes(address + "\"user_agent\":\"" + agent + "\","),
        crawler,
        app,
        currency(city.countryCode()),
        random.below(Shop.CATEGORIES.length),
        2 * random.unit());
  }

  /**
   * The identity members of an event, such as {@code "user_id":"user_000123",}; empty for one who
   * keeps no cookies.
   */
  byte[] ids(boolean loggedIn) {
    StringBuilder ids = new StringBuilder();
    if (loggedIn) {
      ids.append("\"user_id\":\"").append(user).append("\",");
    }
    if (anonymous != null) {
      ids.append("\"anonymous_id\":\"").append(anonymous).append("\",");
    }
    return bytes(ids.toString());
  }

  private static String currency(String country) {
    return switch (country) {
      case "GB" -> "GBP";
      case "DE", "FR", "ES", "IT", "NL", "AT" -> "EUR";
      case "CH" -> "CHF";
      case "IN" -> "INR";
      case "BR" -> "BRL";
      case "CA" -> "CAD";
      case "AU", "NZ" -> "AUD";
      default -> "USD";
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
