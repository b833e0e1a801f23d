package io.medallion.operations.query;

import io.medallion.common.config.Closest;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.MartFunctions;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides whether a statement is a query and nothing else: by lists of what is allowed, on the plan
 * as it was parsed, before a table is opened.
 */
final class QueryGuard {
  /** The schema of gold's tables. */
  static final String GOLD = "gold";

  private static final List<String> LAKE =
      TableDefinition.ALL.stream().map(TableDefinition::name).toList();
  private static final Set<String> NODES = nodes();
  private static final Set<String> FUNCTIONS =
      lines("allowed-functions.txt").flatMap(QueryGuard::words).collect(Collectors.toSet());

  private QueryGuard() {}

  /** The functions of Spark that a query may call; those of gold it may, too. */
  static Set<String> functions() {
    return FUNCTIONS;
  }

  /**
   * Makes sure that what is asked for only reads tables of ours and computes.
   *
   * @param gold the names of gold's tables, asked for only where that matters
   * @throws MedallionException if it holds anything else, or names a table that there is not
   */
  static void require(Asked asked, Supplier<List<String>> gold) {
    asked.nodes().forEach(QueryGuard::requireNode);
    asked.functions().forEach(QueryGuard::requireFunction);
    asked.tables().forEach(name -> requireTable(name, asked.commonNames(), gold));
  }

  private static void requireNode(String node) {
    if (!NODES.contains(node)) {
      throw refused(
          "It holds %s, which does more than read".formatted(node.replaceAll(".*\\.", "")));
    }
  }

  /**
   * Makes sure that a function is one of those that compute.
   *
   * @throws MedallionException if it is not
   */
  static void requireFunction(String name) {
    String known = name.toLowerCase(Locale.ROOT);
    if (!FUNCTIONS.contains(known) && !MartFunctions.NAMES.contains(known)) {
      throw refused(
          "It calls %s, which is none of the functions that compute from what they are given%s"
              .formatted(
                  name,
                  Closest.to(name, List.copyOf(FUNCTIONS))
                      .map(near -> " (did you mean %s?)".formatted(near))
                      .orElse("")));
    }
  }

  /**
   * Makes sure that a name is one of a table of ours.
   *
   * @param commonNames what else is one, in small letters
   * @param gold as in {@link #require}
   * @throws MedallionException if it is not
   */
  static void requireTable(
      List<String> name, Set<String> commonNames, Supplier<List<String>> gold) {
    String first = name.get(0).toLowerCase(Locale.ROOT);
    if (name.size() == 2 && first.equals(GOLD)) {
      requireGold(name.get(1).toLowerCase(Locale.ROOT), gold.get());
    } else if (name.size() > 1) {
      throw refused(
          "It asks for %s, which is neither a table of the lake nor one of gold"
              .formatted(String.join(".", name)));
    } else if (!LAKE.contains(first) && !commonNames.contains(first)) {
      throw new MedallionException(
          ErrorCode.QUERY_INVALID,
          "There is no table '%s'".formatted(name.get(0)),
          "The tables are %s and %s.NAME.".formatted(String.join(", ", LAKE), GOLD),
          Closest.to(first, LAKE)
              .or(() -> inGold(first, gold))
              .map("Did you mean %s?"::formatted)
              .orElse("`medallion query \"SHOW TABLES\"` lists them."));
    }
  }

  private static void requireGold(String table, List<String> known) {
    if (!known.contains(table)) {
      throw new MedallionException(
          ErrorCode.QUERY_INVALID,
          "There is no %s.%s".formatted(GOLD, table),
          "Postgres has no such table or view, or the reader may not see it.",
          known.isEmpty()
              ? "Gold has not run on this database yet."
              : Closest.to(table, known)
                      .map(near -> "Did you mean %s.%s? ".formatted(GOLD, near))
                      .orElse("")
                  + "There are "
                  + String.join(", ", known)
                  + ".");
    }
  }

  /** What stands in gold under this name or one like it; nothing if Postgres does not say. */
  private static Optional<String> inGold(String name, Supplier<List<String>> gold) {
    try {
      List<String> known = gold.get();
      return (known.contains(name) ? Optional.of(name) : Closest.to(name, known))
          .map(near -> GOLD + "." + near);
    } catch (MedallionException e) {
      return Optional.empty();
    }
  }

  /** The error of a statement that is not a query. */
  static MedallionException refused(String why) {
    return new MedallionException(
        ErrorCode.QUERY_REFUSED,
        "This is not a query",
        why + "; nothing of it was run.",
        "Ask by SELECT, WITH, FROM or VALUES over bronze, silver, quarantine and gold.NAME, by"
            + " DESCRIBE, EXPLAIN or SHOW TABLES.");
  }

  /** A line that ends in a colon is the package of those below it. */
  private static Set<String> nodes() {
    Set<String> nodes = new HashSet<>();
    String[] of = new String[1];
    lines("allowed-nodes.txt")
        .forEach(
            line -> {
              if (line.endsWith(":")) {
                of[0] = line.substring(0, line.length() - 1);
              } else {
                words(line).map(name -> of[0] + "." + name).forEach(nodes::add);
              }
            });
    return nodes;
  }

  private static Stream<String> words(String line) {
    return Stream.of(line.strip().split(" "));
  }

  private static Stream<String> lines(String file) {
    try (InputStream in = QueryGuard.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
