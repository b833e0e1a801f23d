package io.medallion.common.event;

import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.FieldRules;
import io.medallion.common.contract.JsonPath;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Which names of an event stand for which columns. */
final class FieldBindings {
  /** Behind the ranks of paths that a contract gives. */
  private static final int MOST_PATHS = 1_000;

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

    /** Whether its value stays in the array that it is in. */
    boolean stays;

    /**
     * Whether its value is nowhere kept but in its column, which holds less than what an event
     * says: another name's value that stands for the same is not kept at all.
     */
    boolean hidden;

    /** Whether two copies of an event may differ in it. */
    boolean ignored;

    /** Bindings of the names inside its object, null if there are none. */
    Map<String, Binding> below;

    /** What elements of its array stand for, null if for nothing. */
    List<InArray> elements;

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

  /**
   * A column's value in an array.
   *
   * @param path whole
   * @param from the level of the path whose value the array is
   * @param binding of the value
   */
  record InArray(JsonPath path, int from, Binding binding) {}

  private FieldBindings() {}

  /**
   * The top level's bindings: our names and aliases, over them the mapped ones, and over both what
   * a user's contract reads.
   *
   * @param mappings dotted path by our name of a field
   * @param user what a user adds
   * @param hidesAddress whether silver keeps less of an address than what an event says
   * @throws MedallionException if a mapping is none, or takes what the contract takes
   */
  static Map<String, Binding> of(
      Map<String, String> mappings, Contract user, boolean hidesAddress) {
    Map<String, Binding> top = new HashMap<>();
    List<ContractColumn> own = Contract.own().columns();
    for (int column = 0; column < own.size(); column++) {
      List<JsonPath> from = own.get(column).from();
      for (int i = 0; i < from.size(); i++) {
        bind(top, from.get(i), column, MOST_PATHS + i);
      }
    }
    for (FieldRules field : user.fields()) {
      FieldPath.column(field.field())
          .ifPresent(column -> bindAll(top, field.from(), numberOf(own, column), mappings));
    }
    for (FieldPath path : FieldPath.of("silver.fields.", mappings)) {
      bind(top, path.path(), numberOf(own, FieldPath.column(path.field()).orElseThrow()), 0);
    }
    for (ContractColumn column : own) {
      if (user.pseudonyms().has(column.name())) {
        hide(top, own.indexOf(column), () -> inArrayOfPseudonyms(column.name()));
      }
    }
    if (hidesAddress) {
      hide(top, ParsedEvent.IP_ADDRESS, FieldBindings::addressInArray);
    }
    int number = own.size();
    List<ContractColumn> more = new ArrayList<>(user.read());
    more.addAll(user.campaign());
    for (ContractColumn column : more) {
      bindAll(top, column.from(), number, mappings);
      if (user.pseudonyms().has(column.name())) {
        hide(top, number, () -> inArrayOfPseudonyms(column.name()));
      }
      number++;
    }
    user.identity().ignored().forEach(path -> place(top, path).ignored = true);
    if (user.identity().isIdAlone()) {
      ignoreTimes(top);
    }
    return top;
  }

  /** One in an array stays, as the array has other values. */
  private static void ignoreTimes(Map<String, Binding> level) {
    for (Binding binding : level.values()) {
      binding.ignored |= binding.column == ParsedEvent.EVENT_TIME;
      if (binding.below != null) {
        ignoreTimes(binding.below);
      }
    }
  }

  private static MedallionException inArrayOfPseudonyms(String column) {
    return Contract.notPseudonymizable(
        column, "Its value is in an array, which properties keep as it is.");
  }

  private static MedallionException addressInArray() {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        Keys.SILVER_IP_ANONYMIZATION.name() + " cannot hide the addresses of this contract",
        "An address is read from an array, which properties keep as it is.",
        "Set it to keep, or name another path of ip_address.");
  }

  /**
   * Has every value that stands for a column leave whatever it is in.
   *
   * @param inArray the error if one is in an array, which keeps it
   */
  private static void hide(
      Map<String, Binding> level, int column, Supplier<MedallionException> inArray) {
    for (Binding binding : level.values()) {
      if (binding.column == column) {
        binding.hidden = true;
        binding.leaves = true;
      }
      if (binding.elements != null
          && binding.elements.stream().anyMatch(value -> value.binding().column == column)) {
        throw inArray.get();
      }
      if (binding.below != null) {
        hide(binding.below, column, inArray);
      }
    }
  }

  private static int numberOf(List<ContractColumn> own, ContractColumn column) {
    return own.indexOf(column);
  }

  /** Binds what a contract takes; a value of it leaves the object that it is in. */
  private static void bindAll(
      Map<String, Binding> top, List<JsonPath> from, int column, Map<String, String> mappings) {
    for (int i = 0; i < from.size(); i++) {
      JsonPath path = from.get(i);
      requireUnmapped(mappings, path);
      Binding binding = bind(top, path, column, i + 1);
      binding.leaves = path.isNested() && !path.hasChoices();
    }
  }

  private static void requireUnmapped(Map<String, String> mappings, JsonPath path) {
    mappings.forEach(
        (field, mapped) -> {
          if (JsonPath.of(mapped).equals(path)) {
            throw new MedallionException(
                ErrorCode.CONFIG_INVALID_VALUE,
                "silver.fields.%s = %s and the contract read the same value"
                    .formatted(field, mapped),
                "A value of an event belongs to one column.",
                "Leave one of them out; a second column can be computed of the first by an expr.");
          }
        });
  }

  private static Binding bind(Map<String, Binding> top, JsonPath path, int column, int rank) {
    Binding binding = place(top, path);
    if (path.hasChoices()) {
      Binding ofElement = new Binding(path.names().get(0));
      ofElement.stays = true;
      binding.elements = binding.elements == null ? new ArrayList<>() : binding.elements;
      binding.elements.add(new InArray(path, firstArray(path), ofElement));
      binding = ofElement;
    }
    binding.column = column;
    binding.rank = rank;
    return binding;
  }

  /** The binding of a path's value, or of the outermost array that it leads through. */
  private static Binding place(Map<String, Binding> top, JsonPath path) {
    Map<String, Binding> level = top;
    Binding binding = null;
    int last = path.hasChoices() ? firstArray(path) : path.names().size() - 1;
    for (String name : path.names().subList(0, last + 1)) {
      if (binding != null && binding.below == null) {
        binding.below = new HashMap<>();
      }
      level = binding == null ? top : binding.below;
      binding = level.computeIfAbsent(name, Binding::new);
    }
    return binding;
  }

  private static int firstArray(JsonPath path) {
    int level = 0;
    while (path.choices().get(level).isEmpty()) {
      level++;
    }
    return level;
  }
}
