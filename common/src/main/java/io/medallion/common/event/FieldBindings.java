package io.medallion.common.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which names of an event stand for which fields of the contract. */
final class FieldBindings {
  /** A name at its place in the event. */
  static final class Binding {
    final String name;
    final long nameHash;

    /** The field that it stands for, null if only names below it stand for one. */
    ContractField field;

    /** Of several names present for one field the one with the least rank wins. */
    int rank;

    /** Bindings of the names inside its object, null if there are none. */
    Map<String, Binding> below;

    /** The object that its name last was. */
    String readAs;

    /** What last followed it, null if nothing has. */
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
    for (FieldPath path : FieldPath.of("silver.fields.", mappings)) {
      bind(top, path.names(), ContractField.named(path.field()).orElseThrow(), 0);
    }
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
}
