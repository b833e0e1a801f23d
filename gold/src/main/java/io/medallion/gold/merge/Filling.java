package io.medallion.gold.merge;

import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDdl;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.Marts;
import java.util.List;
import java.util.stream.Stream;

/**
 * Marts that are made out of readers' sight, in tables and with a ledger of their own in the schema
 * {@link #SCHEMA}, until they take the place of those of the same names.
 *
 * @param declared those that files declare
 * @param marts these, and the classes among them or that they depend on
 * @param isWhole whether they are all of gold, and its ledger goes with them
 */
public record Filling(List<MartDefinition> declared, Marts marts, boolean isWhole) {
  /** Where the tables are. */
  static final String SCHEMA = "gold_filling";

  /** Takes a copy of the list. */
  public Filling {
    declared = List.copyOf(declared);
  }

  /** Some declared marts. */
  public static Filling of(GoldSettings settings, List<MartDefinition> declared) {
    return new Filling(
        declared,
        Marts.filling(settings, DeclaredMarts.relations(declared, SCHEMA), SCHEMA),
        false);
  }

  /** All marts. */
  public static Filling whole(GoldSettings settings, List<MartDefinition> declared) {
    return new Filling(
        declared, Marts.of(settings, DeclaredMarts.relations(declared, SCHEMA), SCHEMA), true);
  }

  /** The names of those that take their place. */
  public List<String> names() {
    return isWhole
        ? List.copyOf(marts.names())
        : declared.stream().map(MartDefinition::name).toList();
  }

  /** The tables of classes, without their schema. */
  List<String> tablesOfClasses() {
    return marts.all().stream()
        .filter(mart -> !mart.isDeclared())
        .map(Mart::tables)
        .flatMap(List::stream)
        .map(table -> table.substring(SCHEMA.length() + 1))
        .toList();
  }

  /** The tables that take their place, without their schema. */
  List<String> tables() {
    return Stream.concat(
            declared.stream().flatMap(mart -> new MartDdl(mart, SCHEMA).tables().stream()),
            isWhole ? tablesOfClasses().stream() : Stream.of())
        .toList();
  }
}
