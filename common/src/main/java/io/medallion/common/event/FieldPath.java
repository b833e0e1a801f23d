package io.medallion.common.event;

import io.medallion.common.config.Closest;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.JsonPath;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A user's own name for a field of the contract.
 *
 * @param field the contract's own name of the field
 * @param text the path as the user wrote it
 * @param path from the event's top level to the value
 */
public record FieldPath(String field, String text, JsonPath path) {
  /** One name for each level. */
  public List<String> names() {
    return path.names();
  }

  /**
   * Reads what a user wrote.
   *
   * @param option what stands before a field in the setting's name, such as {@code silver.fields.}
   * @param paths names separated by dots, by the contract's name of a field
   * @throws MedallionException if there is no such field, or a path is none or there twice
   */
  public static List<FieldPath> of(String option, Map<String, String> paths) {
    List<FieldPath> read = new ArrayList<>();
    Map<String, String> fieldByPath = new HashMap<>();
    new TreeMap<>(paths)
        .forEach(
            (field, path) -> {
              String other = fieldByPath.putIfAbsent(path, field);
              if (other != null) {
                throw invalid(option, field, path, option + other + " has it already");
              }
              if (column(field).isEmpty()) {
                throw unknown(option, field);
              }
              read.add(new FieldPath(field, path, path(option, field, path)));
            });
    return read;
  }

  /** The column of silver that a field of the contract is read into. */
  static Optional<ContractColumn> column(String field) {
    return Contract.own().columns().stream()
        .filter(ContractColumn::isRead)
        .filter(column -> column.from().get(0).toString().equals(field))
        .findFirst();
  }

  private static JsonPath path(String option, String field, String path) {
    try {
      return JsonPath.of(path);
    } catch (IllegalArgumentException e) {
      throw invalid(option, field, path, e.getMessage());
    }
  }

  private static MedallionException unknown(String option, String field) {
    return new MedallionException(
        ErrorCode.CONFIG_UNKNOWN_KEY,
        option + field + " maps a field that the event contract does not have",
        "A misspelt field would be silently without effect.",
        meant(field)
            .map(name -> "Did you mean " + option + name + "?")
            .orElse("Use one of the names in docs/event-contract.md, such as user_id."));
  }

  /** Another name of a field, or one much like it. */
  private static Optional<String> meant(String field) {
    List<String> fields = new ArrayList<>();
    for (ContractColumn known : Contract.own().columns()) {
      if (known.isRead()) {
        List<String> names = known.from().stream().map(JsonPath::toString).toList();
        if (names.contains(field)) {
          return Optional.of(names.get(0));
        }
        fields.add(names.get(0));
      }
    }
    return Closest.to(field, fields);
  }

  private static MedallionException invalid(
      String option, String field, String path, String reason) {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "%s%s = %s is not valid".formatted(option, field, path),
        reason,
        "Give a path of names separated by dots, such as payload.user.id; a dot inside a name is"
            + " written \\.");
  }
}
