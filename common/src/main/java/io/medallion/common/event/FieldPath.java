package io.medallion.common.event;

import io.medallion.common.config.Closest;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.ArrayList;
import java.util.Arrays;
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
 * @param names the path, from the event's top level to the value
 */
public record FieldPath(String field, String text, List<String> names) {
  /** Copies the names. */
  public FieldPath {
    names = List.copyOf(names);
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
              if (ContractField.named(field).isEmpty()) {
                throw unknown(option, field);
              }
              read.add(new FieldPath(field, path, segments(option, field, path)));
            });
    return read;
  }

  /** Splits at dots; a backslash takes the dot or backslash after it as part of a name. */
  private static List<String> segments(String option, String field, String path) {
    List<String> segments = new ArrayList<>();
    StringBuilder segment = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\') {
        if (++i == path.length()) {
          throw invalid(option, field, path, "nothing follows its last backslash");
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
      throw invalid(option, field, path, "a name in it is empty");
    }
    return segments;
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
    for (ContractField known : ContractField.values()) {
      if (known.names().contains(field)) {
        return Optional.of(known.contractName());
      }
    }
    return Closest.to(
        field, Arrays.stream(ContractField.values()).map(ContractField::contractName).toList());
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
