package io.medallion.operations.query;

import java.util.List;
import java.util.Set;

/**
 * What somebody asks for, taken apart, nothing of it looked up: this is what a guard decides by.
 */
interface Asked {
  /** The kinds of its nodes, those of its expressions and subqueries too, by their class. */
  Set<String> nodes();

  /** The functions that it calls, with what stands before their names. */
  Set<String> functions();

  /** The tables that it names, part by part as written; common table expressions among them. */
  Set<List<String>> tables();

  /** The names that it gives to common table expressions, in small letters. */
  Set<String> commonNames();
}
