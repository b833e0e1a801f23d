package io.medallion.silver;

import io.medallion.silver.enrich.Enricher;
import java.util.List;

final class Enrichers {
  static List<Enricher> of(EnrichmentSettings settings) {
    return List.of();
  }
}
