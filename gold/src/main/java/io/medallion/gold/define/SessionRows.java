package io.medallion.gold.define;

import io.medallion.gold.define.MartAggregation.MeasureOutputs;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.SessionParts;
import io.medallion.gold.measure.Partial;
import io.medallion.gold.postgres.CopyBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/** The sessions that a task's rows make by themselves, by key and start. */
final class SessionRows extends PartialRows {
  private final MeasureOutputs outputs;
  private final Map<GroupKey, SessionParts<Session, InternalRow>> groups = new HashMap<>();
  private int size;

  /** A part of a session. */
  private static final class Session {
    private long start;
    private long end;
    private final Partial[] partials;

    Session(long time, Partial[] partials) {
      this.start = time;
      this.end = time;
      this.partials = partials;
    }
  }

  /** What a row says of its session, by the inputs of its measures. */
  private final SessionParts.Kind<Session, InternalRow> ofInputs =
      new SessionParts.Kind<>() {
        @Override
        public Session of(long time, InternalRow inputs) {
          Session session = new Session(time, outputs.partials());
          outputs.add(inputs, session.partials);
          return session;
        }

        @Override
        public void add(Session session, long time, InternalRow inputs) {
          session.start = Math.min(session.start, time);
          session.end = Math.max(session.end, time);
          outputs.add(inputs, session.partials);
        }

        @Override
        public void add(Session session, Session later) {
          session.end = Math.max(session.end, later.end);
          for (int i = 0; i < session.partials.length; i++) {
            session.partials[i].add(later.partials[i]);
          }
        }

        @Override
        public long end(Session session) {
          return session.end;
        }
      };

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
    SessionParts<Session, InternalRow> sessions = groups.get(key);
    if (sessions == null) {
      sessions = new SessionParts<>(ofInputs, aggregation.time().size());
      groups.put(key.kept(), sessions);
    }
    size += sessions.add(time, inputs);
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
            sessions
                .all()
                .forEach(
                    session -> {
                      buffer.row(fields).time(session.start);
                      writeKeys(buffer, group);
                      for (Partial partial : session.partials) {
                        partial.writeTo(buffer);
                      }
                    }));
    groups.clear();
    size = 0;
  }
}
