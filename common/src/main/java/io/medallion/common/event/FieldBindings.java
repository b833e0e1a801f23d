package io.medallion.common.event;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.JsonPath;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which names of an event stand for which columns. */
final class FieldBindings {
  /** In place of a column's number. */
  static final int NONE = -1;

  /** A name at its place in the event. */
  static final class Binding {
    final String name;
    final long nameHash;

    /** The column that it stands for, {@link #NONE} if only names below it stand for one. */
    int column = NONE;

    /** Of several names present for one column the one with the least rank wins. */
    int rank;

    /** Whether its value leaves the object that it is in. */
    boolean leaves;

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
   * The top level's bindings: our names and aliases, over them the mapped ones, and over both what
   * a user's contract reads.
   *
   * @param mappings dotted path by our name of a field
   * @param user what a user adds
   * @throws MedallionException if a mapping is none, or takes what the contract takes
   */
  static Map<String, Binding> of(Map<String, String> mappings, Contract user) {
    Map<String, Binding> top = new HashMap<>();
    List<ContractColumn> own = Contract.own().columns();
    for (int column = 0; column < own.size(); column++) {
      List<JsonPath> from = own.get(column).from();
      for (int i = 0; i < from.size(); i++) {
        bind(top, from.get(i), column, i + 1);
      }
    }
    for (FieldPath path : FieldPath.of("silver.fields.", mappings)) {
      bind(top, path.path(), own.indexOf(FieldPath.column(path.field()).orElseThrow()), 0);
    }
    int number = own.size();
    for (ContractColumn column : user.read()) {
      for (int i = 0; i < column.from().size(); i++) {
        JsonPath path = column.from().get(i);
        Binding binding = bind(top, path, number, i + 1);
        if (binding.leaves) {
          throw new IllegalStateException(path + " stands for two columns");
        }
        binding.leaves = path.isNested();
        requireUnmapped(mappings, path, column.name());
      }
      number++;
    }
    return top;
  }

  private static void requireUnmapped(Map<String, String> mappings, JsonPath path, String column) {
    mappings.forEach(
        (field, mapped) -> {
          if (JsonPath.of(mapped).equals(path)) {
            throw new MedallionException(
                ErrorCode.CONFIG_INVALID_VALUE,
                "silver.fields.%s = %s and the contract's column %s read the same value"
                    .formatted(field, mapped, column),
                "A value of an event belongs to one column.",
                "Leave one of them out; a second column can be computed of the first by an expr.");
          }
        });
  }

  private static Binding bind(Map<String, Binding> top, JsonPath path, int column, int rank) {
    Map<String, Binding> level = top;
    Binding binding = null;
    for (String name : path.names()) {
      if (binding != null && binding.below == null) {
        binding.below = new HashMap<>();
      }
      level = binding == null ? top : binding.below;
      binding = level.computeIfAbsent(name, Binding::new);
    }
    binding.column = column;
    binding.rank = rank;
    return binding;
  }
}
