package io.medallion.common.contract;

import io.medallion.common.Resource;
import java.util.List;

/** Contracts for events of well-known trackers and data sets, which ship with the program. */
public final class Presets {
  /** All of them. */
  public static final List<String> NAMES =
      List.of("segment", "snowplow", "ga4-export", "posthog", "rees46", "retailrocket");

  private Presets() {}

  /** The contract of one, as YAML. */
  public static String yaml(String name) {
    return Resource.text(Presets.class, "presets/" + name + ".yaml");
  }
}
