package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * A mart that no SELECT can say: a class, and a folder {@code sql/marts/<name>} of statements.
 * docs/decisions/ has why each of them is one.
 */
abstract class EventMart implements Mart, Serializable {
  private static final long serialVersionUID = 1L;

  private final String schema;

  /**
   * @param schema where its table is
   */
  EventMart(String schema) {
    this.schema = schema;
  }

  @Override
  public final List<String> tables() {
    return List.of(schema + "." + name());
  }

  /** A partial aggregate of some events. Not thread-safe. */
  interface Accumulator {
    /** Takes in an event that counts. */
    void add(SilverEvent event);

    /** Sees an event that does not count: a crawler's, or one that came too late. */
    default void leaveOut(SilverEvent event) {}

    /** How many keys it holds. */
    int size();

    /** Writes one row a key, and starts again. */
    void drainTo(CopyBuffer buffer);
  }

  /** Rises when the meaning of a column changes, so that old rows are not added to. */
  int version() {
    return 1;
  }

  /** Starts a partial aggregate. */
  abstract Accumulator accumulator(GoldSettings settings);

  /** Whether what is made again needs the event, one of silver as of a version. */
  boolean remakes(SilverEvent event, ReplacedRanges replaced) {
    return replaced.holds(event.time());
  }

  /** Whether a new event is added while other rows are made again: not where these hold it. */
  boolean addsBeside(SilverEvent event, ReplacedRanges replaced) {
    return !replaced.holds(event.time());
  }

  /** Statements of its folder, without the ending. */
  final List<SqlFile> files(String... statements) {
    return Stream.of(statements)
        .map(statement -> SqlFile.of("marts/" + name() + "/" + statement))
        .map(file -> new SqlFile(file.path(), file.text().replace("gold.", schema + ".")))
        .toList();
  }

  @Override
  public List<SqlFile> removals() {
    return files("remove");
  }

  @Override
  public List<SqlFile> prunings() {
    return files("prune");
  }

  @Override
  public String definition(GoldSettings settings) {
    return "version=%d %s".formatted(version(), settings.population());
  }

  @Override
  public Aggregation aggregation(List<String> columns, GoldSettings settings) {
    return (filter, compiled) -> new Rows(this, accumulator(settings), filter);
  }

  private record Rows(EventMart mart, Accumulator accumulator, EventFilter filter)
      implements RowAccumulator {
    @Override
    public void add(InternalRow row, SilverEvent event, boolean counted) {
      if (!filter.takes(mart, event)) {
        return;
      }
      if (counted) {
        accumulator.add(event);
      } else {
        accumulator.leaveOut(event);
      }
    }

    @Override
    public int size() {
      return accumulator.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      accumulator.drainTo(buffer);
    }
  }
}
