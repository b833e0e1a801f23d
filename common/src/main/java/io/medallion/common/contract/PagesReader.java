package io.medallion.common.contract;

import io.medallion.common.contract.YamlNodes.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/** Reads which addresses are the same page. */
final class PagesReader {
  private static final List<String> KEYS =
      List.of(
          "hosts", "trailing_slash", "case", "index", "percent_encoding", "hash_routes", "query");

  /** What becomes of a part of an address. */
  private enum Part {
    KEEP,
    DROP
  }

  /** What becomes of letters. */
  private enum Letters {
    KEEP,
    LOWER
  }

  /** What becomes of percent signs. */
  private enum Encoding {
    KEEP,
    DECODE
  }

  private final YamlNodes nodes;

  PagesReader(YamlNodes nodes) {
    this.nodes = nodes;
  }

  PageRules pages(Map<String, Entry> keys) {
    nodes.requireKnown(keys, KEYS, "a key of pages");
    return new PageRules(
        hosts(keys.get("hosts")),
        nodes.word(keys.get("trailing_slash"), Part.class, Part.KEEP) == Part.DROP,
        nodes.word(keys.get("case"), Letters.class, Letters.KEEP) == Letters.LOWER,
        nodes.word(keys.get("index"), Part.class, Part.KEEP) == Part.DROP,
        nodes.word(keys.get("percent_encoding"), Encoding.class, Encoding.KEEP) == Encoding.DECODE,
        nodes.flag(keys.get("hash_routes"), false),
        texts(keys.get("query"), "the name of a parameter"));
  }

  private List<String> hosts(Entry hosts) {
    List<String> read = new ArrayList<>();
    if (hosts != null) {
      for (Node node : YamlNodes.elements(hosts)) {
        String host = nodes.text(node, "a host such as shop.example");
        String name = host.startsWith("*.") ? host.substring(2) : host;
        if (!name.isEmpty() && !name.matches("[\\p{L}\\p{M}\\p{N}_.-]+")) {
          nodes.wrong(
              node,
              "'%s' is no host; give one without scheme, port and path, such as shop.example or *.shop.example"
                  .formatted(host));
        }
        read.add(host.toLowerCase(Locale.ROOT));
      }
    }
    return read;
  }

  private List<String> texts(Entry entry, String wanted) {
    List<String> texts = new ArrayList<>();
    if (entry != null) {
      YamlNodes.elements(entry).forEach(node -> texts.add(nodes.text(node, wanted)));
    }
    return texts;
  }
}
