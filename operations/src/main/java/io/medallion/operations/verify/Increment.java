package io.medallion.operations.verify;

import io.medallion.lakehouse.delta.TableFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A proof that still holds, and the files of the tables as they are. The rows that it covers are
 * those up to a commit of bronze: the ones in files of the same bytes, and the ones that were found
 * in others as they had been.
 *
 * @param proof that holds
 * @param same the files that it knows, by table
 * @param added the others, by table
 */
record Increment(
    Proof proof, Map<String, List<TableFile>> same, Map<String, List<TableFile>> added) {
  /** The last of bronze's commits whose rows are proven in all three tables. */
  long seq() {
    return proof.tables().get("silver").seq();
  }

  /** Every file that may hold a row which the proof does not cover. */
  List<TableFile> all(String table) {
    List<TableFile> all = new ArrayList<>(same.get(table));
    all.addAll(added.get(table));
    return all;
  }
}
