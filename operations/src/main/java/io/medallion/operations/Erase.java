package io.medallion.operations;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.common.event.ErasureKey;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.Vacuum.UnreadFiles;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.publish.Tombstones;
import io.medallion.silver.replay.Erasure;
import io.medallion.silver.replay.Erasure.Totals;
import io.medallion.silver.replay.ErasureReport;
import io.medallion.silver.replay.PersonIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Erases persons, leaves receipts, and tells what of them is still to go. */
public final class Erase {
  private static final Map<Kind, String> ID_COLUMNS =
      Map.of(
          Kind.USER, SilverColumns.USER_ID,
          Kind.ANONYMOUS, SilverColumns.ANONYMOUS_ID,
          Kind.SESSION, SilverColumns.SESSION_ID);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANONYMOUS = "anonymous ";

  private final Lake lake;
  private final Configuration configuration;
  private final Erasures erasures;
  private final Erasure erasure;

  private Erase(Lake lake, Configuration configuration, Consumer<String> step) {
    this.lake = lake;
    this.configuration = configuration;
    this.erasures = Erasures.of(lake.folder(), configuration);
    this.erasure = Erasure.of(lake, configuration, step);
  }

  /** Over a lake, by a configuration's rules and databases. */
  public static Erase of(Lake lake, Configuration configuration) {
    return of(lake, configuration, done -> {});
  }

  /** The same, telling of each step that is done; a test may cut it off there. */
  public static Erase of(Lake lake, Configuration configuration, Consumer<String> step) {
    return new Erase(lake, configuration, step);
  }

  /**
   * What there would be to erase.
   *
   * @param lake what the lake's newest versions hold
   * @param oldFiles by table, how many files that only old versions read may hold more
   */
  public record Plan(ErasureReport lake, Map<String, Integer> oldFiles) {
    /** Copies the counts. */
    public Plan {
      oldFiles = new LinkedHashMap<>(oldFiles);
    }
  }

  /**
   * What was erased, without naming anybody.
   *
   * @param erasure its name
   * @param at when its last commit was made
   * @param asked the keyed hashes of the ids that were given
   * @param ids how many ids were erased, those linked to them among them
   * @param tables what each table held
   * @param silverVersion from which on silver holds nothing of them
   * @param kept how many of silver's rows stay as somebody unknown's
   * @param tombstones how many keys were taken out of the enriched topic; 0 if it is not compacted
   * @param goneAfter when time travel no longer needs the files that hold it; the next maintenance
   *     removes them
   */
  public record Receipt(
      String erasure,
      Instant at,
      List<String> asked,
      int ids,
      List<ErasureReport.Table> tables,
      long silverVersion,
      long kept,
      long tombstones,
      Instant goneAfter) {
    /** Copies the lists. */
    public Receipt {
      asked = List.copyOf(asked);
      tables = List.copyOf(tables);
    }
  }

  /**
   * How far an erasure is.
   *
   * @param erasure its name
   * @param at when its last commit was made; null if it was cut off or is at work
   * @param goneAfter when its last files may go; null likewise
   * @param filesLeft by table, files that may hold what was erased, for versions before it
   * @param cameAgain records of erased persons that came after it and that bronze still holds
   */
  public record Status(
      String erasure,
      Instant at,
      Instant goneAfter,
      Map<String, Integer> filesLeft,
      long cameAgain) {
    /** Copies the counts. */
    public Status {
      filesLeft = new LinkedHashMap<>(filesLeft);
    }

    /** Whether nothing is left to go. */
    public boolean isOver() {
      return at != null && cameAgain == 0 && filesLeft.values().stream().allMatch(n -> n == 0);
    }
  }

  /**
   * Reads whom a request is about.
   *
   * @param users user ids
   * @param anonymous anonymous ids
   * @param file a user id on each line, or {@code anonymous} and an anonymous id; null for none
   * @throws MedallionException if the file cannot be read, or an id is a placeholder
   */
  public PersonIds persons(Collection<String> users, Collection<String> anonymous, Path file) {
    Map<Kind, Set<String>> ids = new EnumMap<>(Kind.class);
    ids.put(Kind.USER, new TreeSet<>(users));
    ids.put(Kind.ANONYMOUS, new TreeSet<>(anonymous));
    for (String line : file == null ? List.<String>of() : lines(file)) {
      boolean device = line.startsWith(ANONYMOUS);
      ids.get(device ? Kind.ANONYMOUS : Kind.USER)
          .add(device ? line.substring(ANONYMOUS.length()).strip() : line);
    }
    List<String> placeholders =
        configuration.get(Keys.GOLD_PLACEHOLDER_IDS).stream()
            .map(text -> text.strip().toLowerCase(Locale.ROOT))
            .toList();
    for (Set<String> some : ids.values()) {
      for (String id : some) {
        if (id.isBlank() || placeholders.contains(id.strip().toLowerCase(Locale.ROOT))) {
          throw new MedallionException(
              ErrorCode.USAGE,
              "'%s' is nobody's id".formatted(id),
              "gold.placeholder-ids names it as what producers send for want of an id.",
              "Name the person's own id.");
        }
      }
    }
    return new PersonIds(ids);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "The file of ids %s cannot be read".formatted(file),
          e.toString(),
          "Name a text file in UTF-8 with one id on each line.",
          e);
    }
  }

  /** What there is of persons. Nothing is written. */
  public Plan plan(PersonIds asked) {
    return plan(asked, Totals.WITHOUT);
  }

  /** The same, with what becomes of the numbers. */
  public Plan plan(PersonIds asked, Totals totals) {
    return new Plan(erasure.plan(asked, totals), filesLeft(Instant.now()));
  }

  /** Erases persons; see {@link Erasure#apply}. Leaves a receipt. */
  public Receipt apply(PersonIds asked) {
    return apply(asked, Totals.WITHOUT);
  }

  /** The same, with what becomes of the numbers. */
  public Receipt apply(PersonIds asked, Totals totals) {
    boolean resumed = !erasures.unfinished().isEmpty();
    ErasureReport report = erasure.apply(asked, totals, this::unpublish);
    // Once more, behind what silver was publishing meanwhile.
    long tombstones = unpublish(report.persons());
    // Behind the time in every commit, whose clock may run ahead of a file's.
    Instant at = Instant.now().plusMillis(1).truncatedTo(ChronoUnit.MILLIS);
    ErasureKey key = erasures.keyOrNew();
    List<String> hashes = new ArrayList<>();
    asked.byKind().forEach((kind, ids) -> ids.forEach(id -> hashes.add(key.entry(kind, id))));
    Receipt receipt =
        new Receipt(
            report.id(),
            at,
            hashes,
            report.persons().size(),
            report.tables(),
            report.silverVersion(),
            report.kept(),
            tombstones,
            at.plus(LakeTable.RETENTION));
    for (String begun : erasures.unfinished()) {
      if (!begun.equals(report.id())) {
        erasures.done(begun, text(receipt, begun, resumed));
      }
    }
    erasures.done(report.id(), text(receipt, report.id(), resumed));
    return receipt;
  }

  private long unpublish(PersonIds persons) {
    Set<String> visitors = new TreeSet<>();
    Pseudonyms pseudonyms = Pseudonyms.of(configuration);
    for (Kind kind : Kind.values()) {
      Set<String> ids = persons.of(kind);
      // The topic has either, and must not learn from a key which is whose.
      Set<String> hidden = new TreeSet<>(ids);
      hidden.removeIf(id -> pseudonyms.of(id).stream().anyMatch(ids::contains));
      Set<String> clear = new TreeSet<>(ids);
      ids.forEach(id -> pseudonyms.of(id).forEach(clear::remove));
      visitors.addAll(pseudonyms.has(ID_COLUMNS.get(kind)) ? hidden : clear);
    }
    return Tombstones.send(lake.session(), configuration, visitors);
  }

  private static String text(Receipt receipt, String name, boolean resumed) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("erasure", name);
    if (!name.equals(receipt.erasure())) {
      all.put("finished_by", receipt.erasure());
    }
    if (resumed) {
      // What an earlier run of it did is in no count.
      all.put("resumed", true);
    }
    all.put("at", receipt.at().toString());
    all.put("gone_after", receipt.goneAfter().toString());
    all.put("asked", receipt.asked());
    all.put("ids", receipt.ids());
    all.put("kept", receipt.kept());
    all.put("tombstones", receipt.tombstones());
    List<Map<String, Object>> tables = new ArrayList<>();
    for (ErasureReport.Table table : receipt.tables()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("table", table.table());
      one.put("rows", table.rows());
      one.put("version", table.version());
      Map<String, Long> days = new LinkedHashMap<>();
      table.days().forEach((day, rows) -> days.put(day.toString(), rows));
      one.put("days", days);
      tables.add(one);
    }
    all.put("tables", tables);
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until gold has merged silver without the persons. */
  public Backfill.Gold awaitGold(Receipt receipt, Duration patience) throws InterruptedException {
    return Backfill.awaitGold(lake, configuration, receipt.silverVersion(), patience);
  }

  /** Every erasure of the lake, the oldest first, and what of it is still to go. */
  public List<Status> status() {
    List<Status> all = new ArrayList<>();
    Instant last = Instant.EPOCH;
    Map<String, Instant> times = new HashMap<>();
    for (Map.Entry<String, String> receipt : erasures.receipts().entrySet()) {
      Instant at = time(receipt.getValue());
      times.put(receipt.getKey(), at);
      last = at.isAfter(last) ? at : last;
    }
    long again = erasures.begun().isEmpty() ? 0 : cameAgain(last);
    for (String name : erasures.begun()) {
      Instant at = times.get(name);
      all.add(
          at == null
              ? new Status(name, null, null, Map.of(), 0)
              : new Status(
                  name,
                  at,
                  at.plus(LakeTable.RETENTION),
                  filesLeft(at),
                  at.equals(last) ? again : 0));
    }
    return all;
  }

  private static Instant time(String receipt) {
    try {
      return Instant.parse(JSON.readTree(receipt).get("at").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a receipt of an erasure is no JSON: " + receipt, e);
    }
  }

  /** Files that only versions before a time read. */
  private Map<String, Integer> filesLeft(Instant time) {
    Map<String, Integer> left = new LinkedHashMap<>();
    for (TableDefinition definition : TableDefinition.ALL) {
      LakeTable table = lake.table(definition);
      if (table.exists()) {
        UnreadFiles unread = table.cleanup().unreadSince(time);
        left.put(definition.name(), unread.paths().size());
      }
    }
    return left;
  }

  private long cameAgain(Instant since) {
    return Optional.of(lake.table(TableDefinition.QUARANTINE))
        .filter(LakeTable::exists)
        .map(
            table ->
                table
                    .rowsAt(lake.session(), table.version())
                    .where(QuarantineRows.isErased())
                    .where(col(QuarantineColumns.QUARANTINED_AT).gt(lit(since)))
                    .count())
        .orElse(0L);
  }
}
