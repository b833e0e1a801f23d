package io.medallion.lakehouse.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one commit of a table did, counted.
 *
 * @param version its number
 * @param at when it was committed
 * @param operation Delta's name of what it was, such as {@code WRITE}; nothing if it says none
 * @param rows it brought
 * @param filesAdded how many files brought them
 * @param filesRemoved how many files' rows it took away
 * @param state the counters and positions that it set
 * @param replay what it replaced on purpose; empty for an append, and for a change nobody marked
 */
public record CommitSummary(
    long version,
    Instant at,
    String operation,
    long rows,
    int filesAdded,
    int filesRemoved,
    TableState state,
    Optional<ReplayMetadata> replay) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATA_CHANGE = "dataChange";

  /** Of each action what is counted; the order is that of {@link Counting#add}. */
  private static final StructType READ =
      new StructType()
          .add(
              "add",
              new StructType()
                  .add(DATA_CHANGE, BooleanType.BOOLEAN)
                  .add("stats", StringType.STRING))
          .add("remove", new StructType().add(DATA_CHANGE, BooleanType.BOOLEAN))
          .add(
              "txn", new StructType().add("appId", StringType.STRING).add("version", LongType.LONG))
          .add(
              "commitInfo",
              new StructType()
                  .add("inCommitTimestamp", LongType.LONG)
                  .add("timestamp", LongType.LONG)
                  .add("operation", StringType.STRING)
                  .add("userMetadata", StringType.STRING));

  static CommitSummary read(Engine engine, long version, FileStatus file) {
    Counting counting = new Counting();
    try (CloseableIterator<ColumnarBatch> batches =
        engine
            .getJsonHandler()
            .readJsonFiles(Utils.singletonCloseableIterator(file), READ, Optional.empty())) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          rows.forEachRemaining(counting::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counting.of(version);
  }

  /** Adds up the actions of one commit. */
  private static final class Counting {
    private final Map<String, Long> state = new HashMap<>();
    private Instant at = Instant.EPOCH;
    private String operation = "";
    private Optional<String> note = Optional.empty();
    private long rows;
    private int added;
    private int removed;

    void add(Row action) {
      if (!action.isNullAt(0) && action.getStruct(0).getBoolean(0)) {
        added++;
        rows += records(text(action.getStruct(0), 1));
      } else if (!action.isNullAt(1) && action.getStruct(1).getBoolean(0)) {
        removed++;
      } else if (!action.isNullAt(2)) {
        state.put(action.getStruct(2).getString(0), action.getStruct(2).getLong(1));
      } else if (!action.isNullAt(3)) {
        Row info = action.getStruct(3);
        at = Instant.ofEpochMilli(info.isNullAt(0) ? info.getLong(1) : info.getLong(0));
        operation = text(info, 2).orElse("");
        note = text(info, 3);
      }
    }

    private static Optional<String> text(Row row, int column) {
      return row.isNullAt(column) ? Optional.empty() : Optional.of(row.getString(column));
    }

    private static long records(Optional<String> statistics) {
      try {
        return statistics.isEmpty()
            ? 0
            : JSON.readTree(statistics.get()).path("numRecords").asLong();
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }

    CommitSummary of(long version) {
      return new CommitSummary(
          version,
          at,
          operation,
          rows,
          added,
          removed,
          new TableState(state),
          note.flatMap(ReplayMetadata::of));
    }
  }
}
