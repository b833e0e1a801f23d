package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.unix_micros;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.operations.verify.Proof.DataFile;
import io.medallion.operations.verify.ProofComparison.Parts;
import io.medallion.operations.verify.Tables.Fixed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/** What the last proof spares this one, and what this one leaves for the next. */
final class LastProof {
  /** Json writes milliseconds unless it is told otherwise. */
  private static final Map<String, String> WITHOUT_LOSS =
      Map.of("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSS", "ignoreNullFields", "false");

  private final SparkSession session;
  private final Tables tables;
  private final String settings;
  private final String at = Instant.now().toString();
  private final List<String> reasons = new ArrayList<>();
  private final Map<String, Proof.Table> now = new TreeMap<>();

  /**
   * @param settings a hash as in {@link Proof#settings}
   */
  LastProof(SparkSession session, Tables tables, String settings) {
    this.session = session;
    this.tables = tables;
    this.settings = settings;
  }

  /** Why nothing is taken from it; empty if something is. */
  List<String> reasons() {
    return reasons;
  }

  /** Gives up what could be taken from it. */
  void giveUp(String reason) {
    reasons.add(reason);
  }

  /**
   * Looks at the bytes of every file, before a row of them is read: what is read later are these
   * bytes, or the next proof sees others.
   *
   * @return empty if all rows must be looked at
   */
  Optional<Increment> increment(ProofFile.Last last) {
    Map<String, List<TableFile>> files = new TreeMap<>();
    for (Fixed fixed : tables.all()) {
      List<TableFile> all = fixed.table().filesAt(fixed.version());
      files.put(fixed.name(), all);
      now.put(
          fixed.name(),
          new Proof.Table(
              ProofSettings.hash(fixed.table().form(fixed.version())),
              fixed.version(),
              fixed.seq(),
              hashed(fixed.table(), all)));
    }
    if (!tables.unfinished().isEmpty()) {
      reasons.add("a rewrite is at work or was cut off");
    }
    if (last.proof().isEmpty()) {
      reasons.add(last.problem());
      return Optional.empty();
    }
    Proof proof = last.proof().get();
    ProofComparison comparison = ProofComparison.of(proof, settings, now);
    reasons.addAll(comparison.reasons());
    if (reasons.isEmpty()) {
      for (Fixed fixed : tables.all()) {
        moved(
                fixed,
                proof.tables().get(fixed.name()),
                comparison.tables().get(fixed.name()),
                files.get(fixed.name()))
            .ifPresent(reasons::add);
      }
    }
    return reasons.isEmpty()
        ? Optional.of(
            new Increment(
                proof, by(comparison, files, Parts::same), by(comparison, files, Parts::added)))
        : Optional.empty();
  }

  private static Map<String, List<TableFile>> by(
      ProofComparison comparison,
      Map<String, List<TableFile>> files,
      Function<Parts, List<DataFile>> part) {
    Map<String, List<TableFile>> chosen = new TreeMap<>();
    comparison
        .tables()
        .forEach((name, parts) -> chosen.put(name, named(files.get(name), part.apply(parts))));
    return chosen;
  }

  private static List<TableFile> named(List<TableFile> files, List<DataFile> chosen) {
    Set<String> names = chosen.stream().map(DataFile::name).collect(Collectors.toSet());
    return files.stream().filter(file -> names.contains(file.path())).toList();
  }

  private List<DataFile> hashed(LakeTable table, List<TableFile> files) {
    Map<String, String> hashes = table.hashes(session, files);
    return files.stream()
        .map(
            file ->
                new DataFile(
                    file.path(),
                    file.partition().toString(),
                    file.size(),
                    file.hidesRows() ? "" : hashes.getOrDefault(file.path(), "")))
        .toList();
  }

  /**
   * Whether rows that were proven are in other files now as they were: compaction changes none. The
   * old files are read once more for it, as they are kept for readers that lag.
   *
   * @return why they are not proven any more; empty if they are
   */
  private Optional<String> moved(
      Fixed fixed, Proof.Table proven, Parts parts, List<TableFile> files) {
    if (parts.gone().isEmpty() && parts.added().isEmpty()) {
      return Optional.empty();
    }
    String name = fixed.name();
    List<TableFile> gone = List.of();
    if (!parts.gone().isEmpty()) {
      try {
        gone = named(fixed.table().filesAt(proven.version()), parts.gone());
      } catch (Exception e) {
        // Scala throws checked ones undeclared.
        return Optional.of(
            "the history of %s no longer reaches back to version %d"
                .formatted(name, proven.version()));
      }
      if (!Set.copyOf(hashed(fixed.table(), gone)).equals(Set.copyOf(parts.gone()))) {
        return Optional.of(
            "files of %s that were proven are replaced by others and no longer there to be compared with them"
                .formatted(name));
      }
    }
    try {
      RowDigest.Seeds seeds = RowDigest.Seeds.random();
      RowDigest before = digest(seeds, fixed.table(), gone, proven.seq());
      RowDigest after = digest(seeds, fixed.table(), named(files, parts.added()), proven.seq());
      return before.equals(after)
          ? Optional.empty()
          : Optional.of(
              "rows of %s that were proven have been changed, added or removed since version %d"
                  .formatted(name, proven.version()));
    } catch (Exception e) {
      // Whoever reads all rows says which file it is.
      return Optional.of("files of %s cannot be read".formatted(name));
    }
  }

  private RowDigest digest(
      RowDigest.Seeds seeds, LakeTable table, List<TableFile> files, long seq) {
    Dataset<Row> rows =
        table.rows(session, files).where("%s <= %d".formatted(BronzeColumns.COMMIT_SEQ, seq));
    Column[] texts =
        Arrays.stream(rows.schema().fields()).map(LastProof::text).toArray(Column[]::new);
    return seeds.of(rows.select(array(texts)));
  }

  /** A column's value as a text that no other value has. */
  private static Column text(StructField field) {
    Column column = col("`" + field.name() + "`");
    if (field.dataType() instanceof TimestampType) {
      return unix_micros(column).cast("string");
    }
    if (field.dataType() instanceof BinaryType) {
      return hex(column);
    }
    return field.dataType() instanceof ArrayType
            || field.dataType() instanceof MapType
            || field.dataType() instanceof StructType
        ? to_json(struct(column), WITHOUT_LOSS)
        : column.cast("string");
  }

  /** Whether all that is read of the tables are bytes that can be seen again. */
  boolean isOfKnownBytes() {
    return now.values().stream()
        .flatMap(table -> table.files().stream())
        .allMatch(DataFile::hasHash);
  }

  /**
   * What is left for the next one, of tables of which everything that was looked at holds.
   *
   * @param open what could not be looked at now
   * @param gold null if it cannot be told by its rows
   */
  Proof next(Optional<Increment> taken, List<String> open, Proof.Gold gold) {
    List<Proof.Open> all =
        new ArrayList<>(taken.map(increment -> increment.proof().open()).orElse(List.of()));
    open.forEach(what -> all.add(new Proof.Open(at, what)));
    return new Proof(Proof.FORMAT, at, settings, now, tables.silverState().values(), all, gold);
  }
}
