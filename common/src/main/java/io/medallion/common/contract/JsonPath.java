package io.medallion.common.contract;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from an event's top level to a value.
 *
 * @param names one for each level, none of them empty
 */
public record JsonPath(List<String> names) implements Serializable {
  /** Copies the names. */
  public JsonPath {
    names = List.copyOf(names);
  }

  /**
   * Splits at dots; a backslash takes the dot or backslash after it as part of a name.
   *
   * @throws IllegalArgumentException if it is no path; the message is for people
   */
  public static JsonPath of(String path) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\') {
        if (++i == path.length()) {
          throw new IllegalArgumentException("nothing follows its last backslash");
        }
        name.append(path.charAt(i));
      } else if (c == '.') {
        names.add(name.toString());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString());
    if (names.contains("")) {
      throw new IllegalArgumentException("a name in it is empty");
    }
    return new JsonPath(names);
  }

  /** Whether it leads into an object. */
  public boolean isNested() {
    return names.size() > 1;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return String.join(
        ".", names.stream().map(name -> name.replace("\\", "\\\\").replace(".", "\\.")).toList());
  }
}
