package io.medallion.demo.traffic;

import java.util.Arrays;

/** The web shop that people visit: its categories, products and pages. */
final class Shop {
  static final String SITE = "https://shop.example.com";
  static final int PRODUCTS = 480;

  static final String[] CATEGORIES = {
    "audio", "bags", "books", "cameras", "coffee", "garden", "kitchen", "laptops", "outdoor",
    "phones", "shoes", "toys"
  };
  static final String[] SEARCHES = {
    "?q=headphones",
    "?q=rucksack",
    "?q=espresso",
    "?q=tripod",
    "?q=trail+shoes",
    "?q=novel",
    "?q=gift",
    "?q=usb+c+cable",
    "?q=tent",
    "?q=pan",
    "?q=raincoat",
    "?q=puzzle"
  };
  static final String[] ARTICLES = {"packing-light", "better-espresso", "first-camera", "winter"};
  private static final String[] BRANDS = {"Norlund", "Kestrel", "Oakline", "Vanta", "Brightwell"};
  private static final long CATALOG_SEED = 7;

  /**
   * Something to buy.
   *
   * @param id as it stands in events
   * @param price as it stands in events
   * @param path of its page
   * @param label its properties as JSON members
   */
  record Product(String id, String price, String path, String label) {}

  private final Product[] products = new Product[PRODUCTS];
  private final String[] categoryPaths =
      Arrays.stream(CATEGORIES).map(name -> "/category/" + name).toArray(String[]::new);

  /** The same shop every time. */
  Shop() {
    SeededRandom random = new SeededRandom(CATALOG_SEED);
    for (int i = 0; i < PRODUCTS; i++) {
      String category = CATEGORIES[i % CATEGORIES.length];
      String id = "P" + (10_000 + i);
      String price =
          random.between(3, random.happens(0.1) ? 900 : 90)
              + "."
              + random.oneOf(new String[] {"00", "49", "95", "99"});
      String label =
          "\"category\":\"%s\",\"brand\":\"%s\"".formatted(category, random.oneOf(BRANDS));
      products[i] = new Product(id, price, "/product/" + id, label);
    }
  }

  /** Where a category's products are listed. */
  String categoryPath(int category) {
    return categoryPaths[category];
  }

  /** A product of a category; the first ones sell best. */
  Product product(int category, SeededRandom random) {
    int perCategory = PRODUCTS / CATEGORIES.length;
    double skewed = random.unit() * random.unit();
    return products[category + CATEGORIES.length * (int) (skewed * perCategory)];
  }
}
