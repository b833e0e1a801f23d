package io.medallion.operations.marts;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.merge.MartTables;
import io.medallion.lakehouse.Lake;
import io.medallion.operations.marts.MartInventory.Entry;
import io.medallion.operations.marts.MartInventory.State;
import java.util.stream.Collectors;

/** Removes a mart or view whose file is gone, rows and all. */
public final class MartDrop {
  private MartDrop() {}

  /**
   * What would be dropped; nothing is.
   *
   * @param name of the table or view
   * @throws MedallionException if there is none of this name, its file is still there, or it is
   *     shipped
   */
  public static Entry plan(Lake lake, Configuration configuration, String name) {
    var entries = MartInventory.read(lake, configuration).entries();
    Entry found =
        entries.stream()
            .filter(entry -> entry.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "There is no mart '%s'".formatted(name),
                        "Neither a file nor a table of gold has this name.",
                        entries.stream()
                            .filter(entry -> entry.state() == State.GONE)
                            .map(Entry::name)
                            .collect(
                                Collectors.joining(", ", "Those that can be dropped: ", "."))));
    if (DeclaredMarts.isTaken(name)) {
      throw refused(
          "gold.%s cannot be dropped".formatted(name),
          "It is shipped with gold, which would make it again.",
          "Leave it; gold.retention bounds its rows.");
    }
    if (found.state() != State.GONE) {
      throw refused(
          "gold.%s cannot be dropped".formatted(name),
          "Its file is still there, and gold would make it again.",
          "Remove %s first.".formatted(found.file()));
    }
    return found;
  }

  /**
   * Drops it.
   *
   * @throws MedallionException as {@link #plan}, and if a view stands on it
   */
  public static Entry apply(Lake lake, Configuration configuration, String name) {
    Entry entry = plan(lake, configuration, name);
    MartTables.drop(configuration, name);
    return entry;
  }

  private static MedallionException refused(String problem, String reason, String remedy) {
    return new MedallionException(ErrorCode.USAGE, problem, reason, remedy);
  }
}
