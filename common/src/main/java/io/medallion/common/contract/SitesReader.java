package io.medallion.common.contract;

import io.medallion.common.contract.YamlNodes.Entry;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads which sites there are, and by whose clocks their days begin. */
final class SitesReader {
  private static final List<String> KEYS = List.of("time_zone");

  private final YamlNodes nodes;

  SitesReader(YamlNodes nodes) {
    this.nodes = nodes;
  }

  List<Site> sites(Map<String, Entry> given) {
    List<Site> sites = new ArrayList<>();
    given.forEach((name, entry) -> sites.add(site(name, entry)));
    return sites;
  }

  private Site site(String name, Entry entry) {
    if (name.isBlank()) {
      nodes.wrong(
          entry.key(), "a site has a name: as events give it, or that of the topic they are in");
    }
    Map<String, Entry> keys =
        nodes.mapping(entry, "what a site is, such as `{time_zone: Europe/Berlin}`");
    nodes.requireKnown(keys, KEYS, "a key of a site");
    ZoneId zone = nodes.zone(keys.get("time_zone"));
    return new Site(name, zone == null ? ZoneOffset.UTC : zone, YamlNodes.place(entry.key()));
  }
}
