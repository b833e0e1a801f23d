package io.medallion.common.contract;

import io.medallion.common.contract.YamlNodes.Entry;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.nodes.Node;

/** Reads paths into an event. */
final class PathsReader {
  private final YamlNodes nodes;
  private final boolean own;

  /**
   * @param own whether it is our contract's, whose names are the fields
   */
  PathsReader(YamlNodes nodes, boolean own) {
    this.nodes = nodes;
    this.own = own;
  }

  /** Reads those of a column, which are none of our fields. */
  List<JsonPath> paths(Entry from) {
    return read(from, !own);
  }

  /** Reads some. */
  List<JsonPath> any(Entry from) {
    return read(from, false);
  }

  private List<JsonPath> read(Entry from, boolean notOurs) {
    if (from == null) {
      return List.of();
    }
    List<Node> given = YamlNodes.elements(from);
    if (given.isEmpty()) {
      nodes.wrong(
          from.value(),
          "there is no path; give one or more, such as [category, properties.category]");
    }
    List<JsonPath> paths = new ArrayList<>();
    for (Node node : given) {
      String path = nodes.text(node, "a path such as properties.category");
      try {
        JsonPath read = JsonPath.of(path);
        paths.add(read);
        if (notOurs) {
          requireNotOurs(node, read);
        }
      } catch (IllegalArgumentException e) {
        nodes.wrong(
            node,
            "'%s' is no path: %s; write names separated by dots, a dot inside a name as \\."
                .formatted(path, e.getMessage()));
      }
    }
    return paths;
  }

  /** Aliases may be taken; a field's own name may not. */
  private void requireNotOurs(Node node, JsonPath path) {
    Contract.own().columns().stream()
        .filter(column -> column.isRead() && column.from().get(0).equals(path))
        .findFirst()
        .ifPresent(
            column ->
                nodes.wrong(
                    node,
                    "the field %s is silver's column %s already; use that one, in an expr"
                        .formatted(path, column.name())));
  }
}
