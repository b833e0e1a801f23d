package io.medallion.gold.define;

import java.util.Map;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/**
 * What the SELECT of a mart may not have.
 *
 * @param what as people call it
 * @param reason why it cannot be kept
 * @param remedy what to write instead
 */
record RefusedNode(String what, String reason, String remedy) {
  /** By the name of the node. */
  private static final Map<String, RefusedNode> NODES =
      Map.ofEntries(
          refused(
              "GlobalLimit",
              "LIMIT",
              "Which rows are first changes with every event.",
              "Leave it out, and limit where the table is read, or in a view."),
          refused(
              "Offset",
              "OFFSET",
              "Which rows are first changes with every event.",
              "Leave it out, and skip rows where the table is read."),
          refused(
              "Sort",
              "ORDER BY",
              "A table has no order.",
              "Leave it out, and order where the table is read, or in a view."),
          refused(
              "UnresolvedHaving",
              "HAVING",
              "A row that comes and goes with its number cannot be merged.",
              "Leave it out, and filter in a view on top (NAME.view.sql)."),
          refused(
              "Distinct",
              "SELECT DISTINCT",
              "Rows are distinct by their keys already.",
              "Write GROUP BY ALL instead."),
          refused(
              "Join",
              "a join",
              "What the other side says changes without an event.",
              "Add the column to silver by the event contract, or join in a view on top."),
          refused(
              "UnresolvedWith",
              "WITH",
              "A mart is one SELECT over silver.",
              "Write one SELECT ... FROM silver ... GROUP BY ALL; what stands on top of it is a view."),
          refused(
              "SubqueryAlias",
              "a subquery",
              "A mart is one SELECT over silver.",
              "Write one SELECT ... FROM silver ... GROUP BY ALL; what stands on top of it is a view."),
          refused(
              "Union",
              "UNION",
              "A mart is one SELECT over silver.",
              "Write a mart for each, and unite them in a view."),
          refused(
              "Generate",
              "LATERAL VIEW",
              "An event that becomes many rows has no key of its own.",
              "Add a column to silver by the event contract."),
          refused(
              "WithWindowDefinition",
              "a window function",
              "Its value depends on all other rows.",
              "Compute it in a view on top."),
          refused(
              "Sample",
              "TABLESAMPLE",
              "Which rows it takes is not determined by the events.",
              "Filter by a column instead."),
          refused(
              "Pivot",
              "PIVOT",
              "Columns would depend on data.",
              "Write a count_if or sum for each column."));

  private static Map.Entry<String, RefusedNode> refused(
      String node, String what, String reason, String remedy) {
    return Map.entry(node, new RefusedNode(what, reason, remedy));
  }

  /** What a node is that is neither the SELECT list, nor WHERE, nor silver. */
  static RefusedNode of(LogicalPlan node) {
    return NODES.getOrDefault(
        node.nodeName(),
        new RefusedNode(
            node.nodeName(),
            "Only SELECT ... FROM silver ... GROUP BY ALL can be kept from single events.",
            "Write the rest as a view on top of the mart (NAME.view.sql)."));
  }
}
