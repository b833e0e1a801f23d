package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which ids are a person's, by the pairs of ids in silver and the rules of docs/people.md: an
 * anonymous id that was seen with one user alone is this user, a session id likewise, or else what
 * the one anonymous id is that it was seen with.
 */
final class LinkedIds {
  private static final String USER = SilverColumns.USER_ID;
  private static final String ANONYMOUS = SilverColumns.ANONYMOUS_ID;
  private static final String SESSION = SilverColumns.SESSION_ID;

  private final SparkSession session;
  private final Dataset<Row> seen;
  private final Map<String, String> spellings;

  /**
   * @param silver its rows
   * @param placeholders texts that are no id
   * @param spellings other ways in which rows have an id, such as a pseudonym by a key of before,
   *     and the one that stands for all of them
   */
  LinkedIds(
      SparkSession session,
      Dataset<Row> silver,
      Collection<String> placeholders,
      Map<String, String> spellings) {
    this.session = session;
    this.spellings = Map.copyOf(spellings);
    List<String> none = placeholders.stream().map(p -> p.strip().toLowerCase(Locale.ROOT)).toList();
    this.seen = silver.select(id(USER, none), id(ANONYMOUS, none), id(SESSION, none));
  }

  private static Column id(String name, List<String> none) {
    Column bare = lower(trim(col(name)));
    return when(bare.isin(none.toArray()).or(bare.equalTo(lit(""))), lit(null))
        .otherwise(col(name))
        .as(name);
  }

  /** Persons' ids with all that are linked to these. */
  PersonIds of(PersonIds asked) {
    PersonIds found = asked;
    Map<String, Set<String>> usersOfAsked = seenWith(ANONYMOUS, asked.of(Kind.ANONYMOUS), USER);
    found = found.plus(Kind.USER, single(usersOfAsked, user -> true).values());

    Set<String> devices =
        seenWith(USER, found.of(Kind.USER), ANONYMOUS).values().stream()
            .flatMap(Set::stream)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> users = found.of(Kind.USER);
    found =
        found.plus(
            Kind.ANONYMOUS, single(seenWith(ANONYMOUS, devices, USER), users::contains).keySet());

    Set<String> sessions = new TreeSet<>();
    seenWith(USER, users, SESSION).values().forEach(sessions::addAll);
    Set<String> own = found.of(Kind.ANONYMOUS);
    seenWith(ANONYMOUS, own, SESSION).values().forEach(sessions::addAll);
    Map<String, Set<String>> bySessionUsers = seenWith(SESSION, sessions, USER);
    found = found.plus(Kind.SESSION, single(bySessionUsers, users::contains).keySet());
    sessions.removeAll(bySessionUsers.keySet());
    return found.plus(
        Kind.SESSION, single(seenWith(SESSION, sessions, ANONYMOUS), own::contains).keySet());
  }

  /** Those that were seen with one id alone, which is as wanted. */
  private static Map<String, String> single(
      Map<String, Set<String>> seenWith, Predicate<String> wanted) {
    Map<String, String> single = new HashMap<>();
    seenWith.forEach(
        (id, others) -> {
          String first = others.iterator().next();
          if (others.size() == 1 && wanted.test(first)) {
            single.put(id, first);
          }
        });
    return single;
  }

  /** With which ids of another kind some were seen; those that were with none are left out. */
  private Map<String, Set<String>> seenWith(String kind, Set<String> ids, String other) {
    Map<String, Set<String>> found = new HashMap<>();
    if (ids.isEmpty()) {
      return found;
    }
    Dataset<Row> wanted = session.createDataset(List.copyOf(ids), Encoders.STRING()).toDF(kind);
    seen.where(col(other).isNotNull())
        .select(functions.col(kind), functions.col(other))
        .join(broadcast(wanted), CollectionConverters.asScala(List.of(kind)).toSeq(), "left_semi")
        .distinct()
        .collectAsList()
        .forEach(
            row ->
                found
                    .computeIfAbsent(row.getString(0), id -> new TreeSet<>())
                    .add(spellings.getOrDefault(row.getString(1), row.getString(1))));
    return found;
  }
}
