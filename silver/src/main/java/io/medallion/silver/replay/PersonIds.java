package io.medallion.silver.replay;

import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.common.event.ErasureKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Ids of persons, by what they are of.
 *
 * @param byKind sorted
 */
public record PersonIds(Map<Kind, Set<String>> byKind) {
  /** Copies them. */
  public PersonIds {
    Map<Kind, Set<String>> all = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      all.put(
          kind, Collections.unmodifiableSet(new TreeSet<>(byKind.getOrDefault(kind, Set.of()))));
    }
    byKind = Collections.unmodifiableMap(all);
  }

  /** Nobody's. */
  public static final PersonIds NONE = new PersonIds(Map.of());

  /** Those of a kind. */
  public Set<String> of(Kind kind) {
    return byKind.get(kind);
  }

  /** How many there are. */
  public int size() {
    return byKind.values().stream().mapToInt(Set::size).sum();
  }

  /** These and others of a kind. */
  PersonIds plus(Kind kind, Iterable<String> ids) {
    Map<Kind, Set<String>> all = new EnumMap<>(byKind);
    Set<String> more = new TreeSet<>(of(kind));
    ids.forEach(more::add);
    all.put(kind, more);
    return new PersonIds(all);
  }

  /** These and others. */
  PersonIds plus(Map<Kind, Set<String>> others) {
    PersonIds all = this;
    for (Map.Entry<Kind, Set<String>> of : others.entrySet()) {
      all = all.plus(of.getKey(), of.getValue());
    }
    return all;
  }

  /** With every pseudonym that they have or had. */
  PersonIds withPseudonyms(Pseudonyms pseudonyms) {
    PersonIds all = this;
    for (Map.Entry<Kind, Set<String>> of : byKind.entrySet()) {
      all =
          all.plus(
              of.getKey(),
              of.getValue().stream().flatMap(id -> pseudonyms.of(id).stream()).toList());
    }
    return all;
  }

  /** What is remembered of them. */
  List<String> entries(ErasureKey key) {
    List<String> entries = new ArrayList<>();
    byKind.forEach((kind, ids) -> ids.forEach(id -> entries.add(key.entry(kind, id))));
    return entries;
  }
}
