package io.medallion.operations.verify;

import io.medallion.operations.verify.Proof.DataFile;
import io.medallion.operations.verify.Proof.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What of a proof may still hold of the tables as they are, by the names and hashes of their files.
 * What Delta's history says of a change is not asked: whoever can change rows can write that, too.
 *
 * @param reasons why nothing of it holds; empty if it may
 * @param tables by name
 */
record ProofComparison(List<String> reasons, Map<String, Parts> tables) {
  private static final int NAMED = 3;

  /**
   * The files of a table.
   *
   * @param same that hold the bytes that were proven
   * @param gone that were proven and are no part of the table any more: their rows must be in
   *     others
   * @param added that were not proven
   */
  record Parts(List<DataFile> same, List<DataFile> gone, List<DataFile> added) {}

  /**
   * Compares.
   *
   * @param settings a hash as in {@link Proof#settings}
   * @param now the tables as they are, by name
   */
  static ProofComparison of(Proof before, String settings, Map<String, Table> now) {
    List<String> reasons = new ArrayList<>();
    Map<String, Parts> tables = new TreeMap<>();
    if (!before.settings().equals(settings)) {
      reasons.add(
          "settings, the contract, the GeoIP database, the list of erased persons or the program have changed since");
    }
    now.forEach(
        (name, table) -> {
          Table proven = before.tables().get(name);
          if (proven == null || !proven.form().equals(table.form())) {
            reasons.add(
                "the %s table is another one, or its columns or properties are".formatted(name));
          } else if (table.version() < proven.version()) {
            reasons.add(
                "the %s table has gone back from version %d to %d"
                    .formatted(name, proven.version(), table.version()));
          } else if (table.seq() < proven.seq()) {
            reasons.add(
                "%s has gone back from commit %d of bronze to %d"
                    .formatted(name, proven.seq(), table.seq()));
          } else {
            tables.put(name, parts(name, proven, table, reasons));
          }
        });
    return new ProofComparison(List.copyOf(reasons), tables);
  }

  private static Parts parts(String name, Table proven, Table now, List<String> reasons) {
    told(
        reasons,
        "files of %s cannot be read, or are read in part only".formatted(name),
        now.files().stream().filter(file -> !file.hasHash()).toList());
    Map<String, DataFile> before = byName(proven.files());
    Map<String, DataFile> present = byName(now.files());
    List<DataFile> kept =
        now.files().stream()
            .filter(file -> before.containsKey(file.name()))
            .filter(file -> before.get(file.name()).isListedAs(file))
            .toList();
    told(
        reasons,
        "files of %s have other bytes than those that were proven".formatted(name),
        kept.stream()
            .filter(DataFile::hasHash)
            .filter(file -> !file.sha256().equals(before.get(file.name()).sha256()))
            .toList());
    Map<String, DataFile> same = byName(kept);
    return new Parts(
        kept,
        proven.files().stream().filter(file -> !same.containsKey(file.name())).toList(),
        present.values().stream().filter(file -> !same.containsKey(file.name())).toList());
  }

  private static void told(List<String> reasons, String what, List<DataFile> files) {
    if (!files.isEmpty()) {
      reasons.add(
          "%,d %s: %s%s"
              .formatted(
                  files.size(),
                  what,
                  files.stream().limit(NAMED).map(DataFile::name).collect(Collectors.joining(", ")),
                  files.size() > NAMED ? ", ..." : ""));
    }
  }

  private static Map<String, DataFile> byName(List<DataFile> files) {
    return files.stream()
        .collect(
            Collectors.toMap(
                DataFile::name, Function.identity(), (one, other) -> other, TreeMap::new));
  }
}
