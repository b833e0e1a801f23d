package io.medallion.common.event;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which names of an event stand for which fields of the contract. */
final class FieldBindings {
  /** A name at its place in the event. */
  static final class Binding {
    final String name;
    final long nameHash;

    /** The field that it stands for, null where only names below it stand for one. */
    ContractField field;

    /** Of several names present for one field the one with the least rank wins. */
    int rank;

    /** Bindings of the names inside its object, null where there are none. */
    Map<String, Binding> below;

    /** The object that its name last was. */
    String readAs;

    /** What last followed it, null where nothing has. */
    Binding next;

    /** The event that it was last seen in, so that a second time is noticed. */
    long seenIn;

    Binding(String name) {
      this.name = name;
      this.nameHash = Fingerprint.ofName(name);
    }
  }

  private FieldBindings() {}

  /**
   * The top level's bindings: the contract's names and aliases, and over them the mapped ones.
   *
   * @param mappings dotted path by name of the contract
   */
  static Map<String, Binding> of(Map<String, String> mappings) {
    Map<String, Binding> top = new HashMap<>();
    for (ContractField field : ContractField.values()) {
      for (int i = 0; i < field.names().size(); i++) {
        bind(top, List.of(field.names().get(i)), field, i + 1);
      }
    }
    Map<String, String> paths = new HashMap<>();
    new TreeMap<>(mappings)
        .forEach(
            (name, path) -> {
              if (paths.putIfAbsent(path, name) != null) {
                throw invalid(name, path, "silver.fields." + paths.get(path) + " has it already");
              }
              bind(top, segments(name, path), field(name), 0);
            });
    return top;
  }

  private static void bind(
      Map<String, Binding> top, List<String> path, ContractField field, int rank) {
    Map<String, Binding> level = top;
    Binding binding = null;
    for (String name : path) {
      if (binding != null && binding.below == null) {
        binding.below = new HashMap<>();
      }
      level = binding == null ? top : binding.below;
      binding = level.computeIfAbsent(name, Binding::new);
    }
    binding.field = field;
    binding.rank = rank;
  }

  private static ContractField field(String name) {
    return ContractField.named(name)
        .orElseThrow(
            () ->
                new MedallionException(
                    ErrorCode.CONFIG_UNKNOWN_KEY,
                    "silver.fields." + name + " maps a field that the event contract does not have",
                    "A misspelt field would be silently without effect.",
                    "Use one of the names in docs/event-contract.md, such as user_id."));
  }

  /** Splits at dots; a backslash takes the dot or backslash after it as part of a name. */
  static List<String> segments(String field, String path) {
    List<String> segments = new ArrayList<>();
    StringBuilder segment = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\') {
        if (++i == path.length()) {
          throw invalid(field, path, "nothing follows its last backslash");
        }
        segment.append(path.charAt(i));
      } else if (c == '.') {
        segments.add(segment.toString());
        segment.setLength(0);
      } else {
        segment.append(c);
      }
    }
    segments.add(segment.toString());
    if (segments.contains("")) {
      throw invalid(field, path, "a name in it is empty");
    }
    return segments;
  }

  private static MedallionException invalid(String field, String path, String reason) {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "silver.fields.%s = %s is not valid".formatted(field, path),
        reason,
        "Give a path of names separated by dots, such as payload.user.id; a dot inside a name is"
            + " written \\.");
  }
}
