package io.medallion.demo.traffic;

import java.util.ArrayDeque;
import java.util.Deque;

/** One stay of a person in the shop, page by page until they leave. */
final class Visit {
  private enum Spot {
    ENTRY,
    HOME,
    LIST,
    PRODUCT,
    ADDED,
    CART,
    CHECKOUT,
    ORDER,
    GONE
  }

  private record Item(Shop.Product product, int quantity) {}

  private static final int LONGEST_CART = 5;
  private static final int LONGEST_CRAWL = 60;
  private static final int LATEST_LOGIN = 10;
  private static final String[] CAMPAIGNS = {
    "?utm_source=newsletter&utm_medium=email&utm_campaign=autumn",
    "?utm_source=google&utm_medium=cpc&utm_campaign=brand",
    "?utm_source=instagram&utm_medium=social&utm_campaign=launch",
  };
  private static final String[] REFERRERS = {
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://duckduckgo.com/",
    "https://www.instagram.com/",
    "https://news.example.org/reviews",
  };

  final Person person;
  final String session;

  /** Which shop it is in; null if there is one alone. */
  final String site;

  /** How far this visit lies behind the clock, in microseconds; it reaches us now. */
  final long behindMicros;

  private final Shop shop;
  private final SeededRandom random;
  private final Deque<Item> cart = new ArrayDeque<>();
  private Spot spot = Spot.ENTRY;
  private Shop.Product product;
  private final String origin;
  private String previousPath;
  private final int login;
  private byte[] ids;
  private byte[] details;
  private int steps;
  private boolean leaving;

  /**
   * @param logins the share of visits of those who have an account that begin without it
   */
  Visit(
      Person person,
      String site,
      String session,
      long behindMicros,
      Shop shop,
      double logins,
      SeededRandom random) {
    this.person = person;
    this.site = site;
    this.session = session;
    this.behindMicros = behindMicros;
    this.shop = shop;
    this.random = random;
    this.login = random.happens(logins) ? random.between(2, LATEST_LOGIN) : 0;
    this.ids = person.ids(isLoggedIn());
    this.origin = person.app() || random.happens(0.4) ? null : random.oneOf(REFERRERS);
  }

  boolean over() {
    return spot == Spot.GONE;
  }

  /** The address outside the shop that they came from; null if nobody knows. */
  String origin() {
    return origin;
  }

  /** The page of the shop that they came from; null on the first one. */
  String previousPath() {
    return previousPath;
  }

  private boolean isLoggedIn() {
    return person.user() != null && steps >= login;
  }

  /** The best id of an event of now. */
  String visitor() {
    if (isLoggedIn()) {
      return person.user();
    }
    return person.anonymous() != null ? person.anonymous() : session;
  }

  /** The device on which they are logged in; null where they are not. */
  String device() {
    return isLoggedIn() ? person.anonymous() : null;
  }

  /** The identity members of an event of now. */
  byte[] ids() {
    return ids;
  }

  /** What all events of it say in their properties, where they say more than they must. */
  byte[] details() {
    if (details == null) {
      details = Details.of(this);
    }
    return details;
  }

  /** The next thing they do. */
  Action act() {
    steps++;
    if (steps == login) {
      ids = person.ids(isLoggedIn());
    }
    return person.crawler() ? crawl() : step();
  }

  /** To be called when the deed has been written down: the page is then the next one's referrer. */
  void moveOn(Action action) {
    if (action.type() == EventType.PAGE_VIEW && action.path() != null && !person.app()) {
      previousPath = action.path();
    }
  }

  private Action crawl() {
    if (steps > random.between(10, LONGEST_CRAWL)) {
      spot = Spot.GONE;
    }
    int category = random.below(Shop.CATEGORIES.length);
    return random.happens(0.2) ? list(category) : view(shop.product(category, random));
  }

  private Action step() {
    return switch (spot) {
      case ENTRY -> enter();
      case HOME -> fromHome();
      case LIST -> fromList();
      case PRODUCT -> fromProduct();
      case ADDED -> fromAdded();
      case CART -> fromCart();
      case CHECKOUT -> fromCheckout();
      case ORDER -> thanks();
      case GONE -> throw new IllegalStateException("the visit is over");
    };
  }

  private Action enter() {
    String campaign = !person.app() && random.happens(0.3) ? random.oneOf(CAMPAIGNS) : "";
    double where = random.unit();
    if (where < 0.55) {
      spot = Spot.HOME;
      return Action.view("/", campaign);
    }
    if (where < 0.65) {
      spot = random.happens(0.6) ? Spot.GONE : Spot.HOME;
      return Action.view("/blog/" + random.oneOf(Shop.ARTICLES), campaign);
    }
    return where < 0.8 ? list(category()) : view(shop.product(category(), random));
  }

  private Action fromHome() {
    double next = leaveWith(0.06);
    if (next < 0.5) {
      return list(category());
    }
    return next < 0.75 ? search() : view(shop.product(category(), random));
  }

  private Action fromList() {
    double next = leaveWith(0.06);
    if (next < 0.65) {
      return view(shop.product(category(), random));
    }
    if (next < 0.8) {
      return list(category());
    }
    return next < 0.9 ? search() : click(shop.categoryPath(category()));
  }

  private Action fromProduct() {
    double next = random.unit();
    double adds = 0.13 * person.eagerness();
    if (next < adds && cart.size() < LONGEST_CART) {
      Item item = new Item(product, random.happens(0.8) ? 1 : random.between(2, 4));
      cart.addLast(item);
      spot = Spot.ADDED;
      return about(EventType.ADD_TO_CART, item);
    }
    next = leaveWith(0.08);
    if (next < 0.5) {
      return view(shop.product(category(), random));
    }
    if (next < 0.7) {
      return list(category());
    }
    return next < 0.85 ? search() : click(pageOf(product));
  }

  private Action fromAdded() {
    if (random.happens(0.45)) {
      spot = Spot.CART;
      return Action.view("/cart", "");
    }
    return view(shop.product(category(), random));
  }

  private Action fromCart() {
    double next = random.unit();
    if (next < 0.12 && !cart.isEmpty()) {
      return about(EventType.REMOVE_FROM_CART, cart.removeLast());
    }
    if (next < 0.65 && !cart.isEmpty()) {
      spot = Spot.CHECKOUT;
      return Action.view("/checkout", "");
    }
    leaveWith(0.3);
    return view(shop.product(category(), random));
  }

  /** Pays for one product after the other, or gives up. */
  private Action fromCheckout() {
    if (cart.isEmpty()) {
      return thanks();
    }
    if (random.happens(0.12)) {
      spot = Spot.GONE;
      return Action.view("/checkout", "?step=payment");
    }
    Action paid = about(EventType.PURCHASE, cart.removeFirst());
    spot = cart.isEmpty() ? Spot.ORDER : Spot.CHECKOUT;
    return paid;
  }

  private Action thanks() {
    spot = random.happens(0.8) ? Spot.GONE : Spot.HOME;
    return Action.view("/order/confirmation", "");
  }

  /** Draws the next step; with this probability it is also the last. */
  private double leaveWith(double probability) {
    leaving = random.happens(probability);
    return random.unit();
  }

  private void arrive(Spot next) {
    spot = leaving ? Spot.GONE : next;
    leaving = false;
  }

  private Action list(int category) {
    arriveUnlessGone(Spot.LIST);
    return Action.view(shop.categoryPath(category), random.happens(0.2) ? "?page=2" : "");
  }

  private Action search() {
    arriveUnlessGone(Spot.LIST);
    return Action.view("/search", random.oneOf(Shop.SEARCHES));
  }

  private Action view(Shop.Product next) {
    arriveUnlessGone(Spot.PRODUCT);
    product = next;
    return new Action(EventType.PAGE_VIEW, pageOf(next), "", next, 0);
  }

  private Action click(String path) {
    arriveUnlessGone(spot);
    return new Action(EventType.CLICK, path, "", null, 0);
  }

  private void arriveUnlessGone(Spot next) {
    if (spot != Spot.GONE) {
      arrive(next);
    }
  }

  private Action about(EventType type, Item item) {
    String path = type == EventType.PURCHASE ? "/checkout" : "/cart";
    return new Action(
        type,
        type == EventType.ADD_TO_CART ? pageOf(item.product()) : path,
        "",
        item.product(),
        item.quantity());
  }

  private String pageOf(Shop.Product about) {
    return person.app() || about == null ? null : about.path();
  }

  private int category() {
    return random.happens(0.6) ? person.favourite() : random.below(Shop.CATEGORIES.length);
  }
}
