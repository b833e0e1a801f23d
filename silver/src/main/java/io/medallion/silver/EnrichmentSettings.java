package io.medallion.silver;

import io.medallion.common.config.Configuration;
import java.io.Serializable;

record EnrichmentSettings() implements Serializable {
  static EnrichmentSettings of(Configuration configuration) {
    return new EnrichmentSettings();
  }
}
