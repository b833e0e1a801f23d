package io.medallion.gold.define;

import io.medallion.gold.define.MartAggregation.MeasureOutputs;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.measure.Partial;
import io.medallion.gold.postgres.CopyBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.InternalRow;

/** The sessions that a task's rows make by themselves, by key and start. */
final class SessionRows extends PartialRows {
  private final MeasureOutputs outputs;
  private final Map<GroupKey, NavigableMap<Long, Session>> groups = new HashMap<>();
  private int size;

  /** A part of a session. */
  private static final class Session {
    private long end;
    private final Partial[] partials;

    Session(long end, Partial[] partials) {
      this.end = end;
      this.partials = partials;
    }
  }

  SessionRows(Pass pass, MeasureOutputs outputs) {
    super(pass);
    this.outputs = outputs;
  }

  @Override
  void addAt(InternalRow inputs, long time, EventFilter filter) {
    if (filter.takes(aggregation.mart(), this::keyTexts, time)) {
      add(inputs, time);
    }
  }

  /** The key as Postgres writes it. */
  private List<String> keyTexts() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < aggregation.keys().size(); i++) {
      texts.add(aggregation.keys().get(i).text(key.value(i)));
    }
    return texts;
  }

  @Override
  void add(InternalRow inputs, long time) {
    key.at(0);
    NavigableMap<Long, Session> sessions = groups.get(key);
    if (sessions == null) {
      sessions = new TreeMap<>();
      groups.put(key.kept(), sessions);
    }
    Map.Entry<Long, Session> joined = join(sessions, time);
    outputs.add(inputs, joined.getValue().partials);
    joined = bridge(sessions, sessions.lowerEntry(joined.getKey()), joined);
    bridge(sessions, sessions.higherEntry(joined.getKey()), joined);
  }

  private Map.Entry<Long, Session> join(NavigableMap<Long, Session> sessions, long time) {
    long gap = aggregation.time().size();
    Map.Entry<Long, Session> before = sessions.floorEntry(time);
    if (before != null && time - before.getValue().end <= gap) {
      before.getValue().end = Math.max(before.getValue().end, time);
      return before;
    }
    Map.Entry<Long, Session> after = sessions.ceilingEntry(time);
    Session session;
    if (after != null && after.getKey() - time <= gap) {
      session = sessions.remove(after.getKey());
    } else {
      session = new Session(time, outputs.partials());
      size++;
    }
    sessions.put(time, session);
    return Map.entry(time, session);
  }

  /** Merges a session with its neighbour if they are no longer further apart than the gap. */
  private Map.Entry<Long, Session> bridge(
      NavigableMap<Long, Session> sessions,
      Map.Entry<Long, Session> neighbour,
      Map.Entry<Long, Session> session) {
    if (neighbour == null) {
      return session;
    }
    boolean isBefore = neighbour.getKey() < session.getKey();
    Map.Entry<Long, Session> first = isBefore ? neighbour : session;
    Map.Entry<Long, Session> second = isBefore ? session : neighbour;
    if (second.getKey() - first.getValue().end > aggregation.time().size()) {
      return session;
    }
    sessions.remove(second.getKey());
    Session whole = first.getValue();
    whole.end = Math.max(whole.end, second.getValue().end);
    for (int i = 0; i < whole.partials.length; i++) {
      whole.partials[i].add(second.getValue().partials[i]);
    }
    size--;
    return first;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void drainTo(CopyBuffer buffer) {
    int fields = 1 + aggregation.keys().size() + outputs.states();
    groups.forEach(
        (group, sessions) ->
            sessions.forEach(
                (start, session) -> {
                  buffer.row(fields).time(start);
                  writeKeys(buffer, group);
                  for (Partial partial : session.partials) {
                    partial.writeTo(buffer);
                  }
                }));
    groups.clear();
    size = 0;
  }
}
