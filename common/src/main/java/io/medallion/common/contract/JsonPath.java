package io.medallion.common.contract;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from an event's top level to a value.
 *
 * @param names one for each level of objects, none of them empty
 * @param choices for each name the elements that are taken of the arrays behind it, outermost first
 */
public record JsonPath(List<String> names, List<List<Choice>> choices) implements Serializable {
  private static final String SPECIAL = "\\.[";

  /**
   * Which element of an array is taken.
   *
   * @param index which, from 0 on; -1 for the first object in which a name has a value
   * @param name of that; null with an index
   * @param value of it, as a text; null with an index
   */
  public record Choice(int index, String name, String value) implements Serializable {
    private String text() {
      return name == null
          ? "[%d]".formatted(index)
          : "[%s=%s]".formatted(escaped(name, "\\]="), escaped(value, "\\]"));
    }
  }

  /** Copies the lists. */
  public JsonPath {
    names = List.copyOf(names);
    choices = choices.stream().map(List::copyOf).toList();
  }

  /** A path through objects alone. */
  public JsonPath(List<String> names) {
    this(names, names.stream().map(name -> List.<Choice>of()).toList());
  }

  /**
   * Splits at dots; {@code [0]} and {@code [name=value]} behind a name choose an element. A
   * backslash takes what is after it as part of a name.
   *
   * @throws IllegalArgumentException if it is no path; the message is for people
   */
  public static JsonPath of(String path) {
    return new Reading(path).all();
  }

  /** Reads a path from left to right. */
  private static final class Reading {
    private final String path;
    private int at;
    private final List<String> names = new ArrayList<>();
    private final List<List<Choice>> choices = new ArrayList<>();

    Reading(String path) {
      this.path = path;
    }

    JsonPath all() {
      do {
        names.add(until(".["));
        List<Choice> ofName = new ArrayList<>();
        while (is('[')) {
          at++;
          ofName.add(choice());
        }
        choices.add(ofName);
        if (at < path.length() && !is('.')) {
          throw new IllegalArgumentException("a dot is missing behind a bracket");
        }
      } while (at++ < path.length());
      if (names.contains("")) {
        throw new IllegalArgumentException("a name in it is empty");
      }
      return new JsonPath(names, choices);
    }

    private boolean is(char c) {
      return at < path.length() && path.charAt(at) == c;
    }

    /** What is before any of some characters, or the end. */
    private String until(String ends) {
      StringBuilder text = new StringBuilder();
      for (; at < path.length() && ends.indexOf(path.charAt(at)) < 0; at++) {
        if (path.charAt(at) == '\\' && ++at == path.length()) {
          throw new IllegalArgumentException("nothing follows its last backslash");
        }
        text.append(path.charAt(at));
      }
      return text.toString();
    }

    private Choice choice() {
      String name = until("=]");
      Choice choice;
      if (is('=')) {
        at++;
        choice = new Choice(-1, name, until("]"));
      } else if (name.matches("\\d{1,6}")) {
        choice = new Choice(Integer.parseInt(name), null, null);
      } else {
        throw new IllegalArgumentException(
            "brackets hold a number, as in items[0], or name=value, as in params[key=page]");
      }
      if (!is(']') || "".equals(choice.name())) {
        throw new IllegalArgumentException("a bracket is not closed, or has no name");
      }
      at++;
      return choice;
    }
  }

  /** Whether it leads into an object or an array. */
  public boolean isNested() {
    return names.size() > 1 || hasChoices();
  }

  /** Whether it leads through an array. */
  public boolean hasChoices() {
    return choices.stream().anyMatch(ofName -> !ofName.isEmpty());
  }

  /** As it is written. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ".").append(escaped(names.get(i), SPECIAL));
      choices.get(i).forEach(choice -> text.append(choice.text()));
    }
    return text.toString();
  }

  private static String escaped(String name, String special) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      text.append(special.indexOf(name.charAt(i)) < 0 ? "" : "\\").append(name.charAt(i));
    }
    return text.toString();
  }
}
