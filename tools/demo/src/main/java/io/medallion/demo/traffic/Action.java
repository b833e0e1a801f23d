package io.medallion.demo.traffic;

/**
 * One thing that somebody did.
 *
 * @param type what
 * @param path where, without site and query; null in the app, where a product has no page
 * @param query what follows the path in the URL, with its question mark, or empty
 * @param product what it was about; null for none
 * @param quantity how many; 0 for none
 */
record Action(EventType type, String path, String query, Shop.Product product, int quantity) {
  static Action view(String path, String query) {
    return new Action(EventType.PAGE_VIEW, path, query, null, 0);
  }

  /** Under which page a view of it counts. */
  String countedPage() {
    if (type != EventType.PAGE_VIEW) {
      return null;
    }
    return path != null ? path : "product:" + product.id();
  }
}
