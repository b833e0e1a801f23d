package io.medallion.gold.mart;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The marts that gold keeps, in the order in which they merge.
 *
 * @param settings what counts
 * @param all the relations of each
 */
public record Marts(GoldSettings settings, List<Mart> all) {
  private static final String GOLD = "gold";

  /** Takes a copy of the list. */
  public Marts {
    all = List.copyOf(all);
  }

  /**
   * Those that are declared, and those that are classes; who is who before all others.
   *
   * @param settings what counts, and whether there is a row for every event
   * @param declared as they are defined
   */
  public static Marts of(GoldSettings settings, List<? extends Mart> declared) {
    return of(settings, declared, GOLD);
  }

  /**
   * The same in another schema.
   *
   * @param schema where their tables are
   */
  public static Marts of(GoldSettings settings, List<? extends Mart> declared, String schema) {
    List<Mart> all = new ArrayList<>();
    if (settings.stitching().on()) {
      all.add(new Identities(schema));
    }
    all.addAll(declared);
    all.add(new SilverDays(schema));
    if (settings.userEvents()) {
      all.add(new UserEvents(schema));
    }
    return new Marts(settings, all);
  }

  /**
   * The tables, without their schema, of those that are classes, of those switched off as well, by
   * the mart's name.
   */
  public static Map<String, List<String>> tablesOfClasses() {
    return Stream.of(new SilverDays(GOLD), new UserEvents(GOLD), new Identities(GOLD))
        .collect(
            Collectors.toUnmodifiableMap(
                Mart::name,
                mart -> mart.tables().stream().map(t -> t.substring("gold.".length())).toList()));
  }

  /**
   * Those that are declared and no others, but for who is who if one of them tells visitors apart.
   *
   * @param schema where their tables are
   */
  public static Marts filling(GoldSettings settings, List<? extends Mart> declared, String schema) {
    List<Mart> all = new ArrayList<>();
    if (settings.stitching().on() && declared.stream().anyMatch(Mart::isByVisitor)) {
      all.add(new Identities(schema));
    }
    all.addAll(declared);
    return new Marts(settings, all);
  }

  /** Who is who; empty if nothing depends on it. */
  public Optional<Identities> identities() {
    return all.stream()
        .filter(Identities.class::isInstance)
        .map(Identities.class::cast)
        .findFirst();
  }

  /** Their names. */
  public Set<String> names() {
    return all.stream().map(Mart::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Some of them. */
  public Marts only(Set<String> names) {
    return new Marts(settings, all.stream().filter(mart -> names.contains(mart.name())).toList());
  }

  /** What each is made with, by name. */
  public Map<String, String> definitions() {
    Map<String, String> definitions = new TreeMap<>();
    all.forEach(mart -> definitions.put(mart.name(), mart.definition(settings)));
    return definitions;
  }

  /**
   * Makes sure that there are marts of these names.
   *
   * @throws MedallionException if one is unknown, or switched off
   */
  public void requireKnown(Collection<String> names) {
    Set<String> known = names();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new MedallionException(
            ErrorCode.USAGE,
            "There is no mart '%s'".formatted(name),
            "It is unknown, or switched off.",
            "The marts are " + String.join(", ", known) + ".");
      }
    }
  }
}
