package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartTimes;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Postgres to the alerts that files declare, as the role that owns the schema: looks what
 * each of them reads, and has the changes of these tables noted. Commits nothing.
 */
public final class AlertTables {
  private static final Logger LOG = LoggerFactory.getLogger(AlertTables.class);

  /** Where the times of rows are, of tables that no file declares. */
  private static final Map<String, MartTimes> CLASSES =
      Map.of(
          "session_hours", times("hour", "changed.hour + interval '1 hour'"),
          "country_changes", times("hour", "changed.hour + interval '1 hour'"),
          "user_events", times("event_timestamp", "changed.event_timestamp"));

  /** Kinds of changes, and the rows of each. */
  private static final Map<String, String> EVENTS =
      Map.of("insert", "NEW", "update", "NEW", "delete", "OLD");

  private static final SqlFile RELATIONS = SqlFile.of("alerts/relations");
  private static final SqlFile TRIGGERS = SqlFile.of("alerts/triggers");

  private final Connection owner;

  private AlertTables(Connection owner) {
    this.owner = owner;
  }

  private static MartTimes times(String start, String until) {
    return new MartTimes(start, "changed." + start, until, 0, 0);
  }

  /**
   * Does so.
   *
   * @param owner a connection of the role that owns the schema, which is there
   * @param marts those that are declared
   * @param filling whether some of these have no table yet
   * @return what judges the alerts in merges
   */
  public static AlertJudge update(
      Connection owner,
      Collection<MartDefinition> marts,
      boolean filling,
      Configuration configuration)
      throws SQLException {
    return new AlertTables(owner).update(marts, filling, configuration);
  }

  private AlertJudge update(
      Collection<MartDefinition> marts, boolean filling, Configuration configuration)
      throws SQLException {
    AlertFiles files = AlertFiles.load(configuration);
    Map<String, MartTimes> times = new HashMap<>(CLASSES);
    marts.forEach(mart -> MartTimes.of(mart).ifPresent(t -> times.put(mart.name(), t)));
    List<MartRefusal> refused = new ArrayList<>(files.refused());
    List<JudgedAlert> judged = new ArrayList<>();
    Set<String> declared = new TreeSet<>();
    Set<String> missing = new TreeSet<>();
    for (AlertDefinition alert : files.definitions()) {
      if (alert.condition() instanceof OverMart over) {
        try {
          judged.add(judged(alert, over, times));
          declared.add(alert.name());
        } catch (AlertRefused e) {
          missing.add(alert.name());
          if (filling) {
            LOG.info("The alert {} is looked at again once all marts are filled", alert.name());
          } else {
            refused.add(e.refusals().get(0));
          }
        }
      } else {
        declared.add(alert.name());
      }
    }
    refused.forEach(refusal -> LOG.warn("An alert is not judged: {}", refusal));
    AlertFiles.requireKept(refused, configuration);
    MartRefusal.write(owner, refused);
    refused.forEach(refusal -> missing.add(AlertFiles.name(refusal.file())));
    missing.removeAll(declared);
    judgeAgain(missing);
    declared.addAll(missing);
    forgetOthers(declared);
    follow(judged, times);
    return judged.isEmpty()
        ? AlertJudge.NONE
        : new AlertJudge(
            judged,
            configuration.get(Keys.GOLD_ALERTS_MAX_AGE),
            new AlertLog(AlertFiles.targets(configuration)));
  }

  /** A relation that an alert reads. */
  private record Relation(String name, boolean isTable, String made) {}

  private JudgedAlert judged(AlertDefinition alert, OverMart over, Map<String, MartTimes> times)
      throws SQLException, AlertRefused {
    List<Relation> relations = relations(alert, over);
    StringBuilder fingerprint = new StringBuilder(alert.text());
    relations.forEach(r -> fingerprint.append('\n').append(r.name()).append(' ').append(r.made()));
    Set<String> tables = new TreeSet<>();
    relations.stream()
        .filter(r -> r.isTable() && times.containsKey(r.name()))
        .forEach(r -> tables.add(r.name()));
    boolean direct =
        tables.equals(Set.of(over.mart()))
            && times.get(over.mart()).start().equals(over.window().start());
    Optional<MartTimes> own = direct ? Optional.of(times.get(over.mart())) : Optional.empty();
    return new JudgedAlert(
        alert,
        over,
        AlertLog.id(fingerprint.toString()).toString(),
        tables,
        direct,
        own.map(MartTimes::slide).orElse(0L),
        own.map(MartTimes::offset).orElse(0L));
  }

  /**
   * Has Postgres make a view of an alert's SELECT, so that all of it is looked at, and looks what
   * the view reads; the view itself is undone.
   */
  private List<Relation> relations(AlertDefinition alert, OverMart over)
      throws SQLException, AlertRefused {
    // No name of a user's has two underscores after each other.
    String view = "gold.\"alert__judged\"";
    String create = "CREATE VIEW %s AS ".formatted(view);
    String query = new AlertQuery(over).everything();
    Savepoint before = owner.setSavepoint();
    try (Statement statement = owner.createStatement();
        PreparedStatement select = owner.prepareStatement(RELATIONS.text())) {
      statement.execute(create + query);
      select.setString(1, view);
      select.setString(2, view);
      List<Relation> relations = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          relations.add(new Relation(rows.getString(1), rows.getBoolean(2), rows.getString(3)));
        }
      }
      owner.rollback(before);
      return relations;
    } catch (SQLException e) {
      owner.rollback(before);
      throw AlertErrors.refused(owner, alert, over, query, create.length(), e);
    }
  }

  /** What changes until their files are mended is not noted. */
  private void judgeAgain(Set<String> alerts) throws SQLException {
    try (PreparedStatement update =
        owner.prepareStatement(
            "UPDATE gold.alert_state SET judged_until = NULL WHERE alert = ANY (?)")) {
      update.setArray(1, owner.createArrayOf("text", alerts.toArray()));
      update.executeUpdate();
    }
  }

  /** What was told of alerts that are not declared any more nobody would ever take back. */
  private void forgetOthers(Set<String> declared) throws SQLException {
    for (String table : List.of("alerts", "alert_state")) {
      try (PreparedStatement delete =
          owner.prepareStatement("DELETE FROM gold.%s WHERE alert <> ALL (?)".formatted(table))) {
        delete.setArray(1, owner.createArrayOf("text", declared.toArray()));
        delete.executeUpdate();
      }
    }
  }

  /** Has the changes of the tables noted that alerts read, and of no others. */
  private void follow(List<JudgedAlert> alerts, Map<String, MartTimes> times) throws SQLException {
    Map<String, String> wanted = new TreeMap<>();
    alerts.forEach(
        alert ->
            alert
                .tables()
                .forEach(
                    table ->
                        wanted.put(
                            table, times.get(table).since() + "\n" + times.get(table).until())));
    Map<String, String> there = new TreeMap<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery(TRIGGERS.text())) {
      while (rows.next()) {
        there.put(rows.getString(1), rows.getString(2));
      }
    }
    for (String table : there.keySet()) {
      if (!there.get(table).equals(wanted.get(table))) {
        for (String event : EVENTS.keySet()) {
          execute("DROP TRIGGER IF EXISTS alerts_%s ON gold.\"%s\"".formatted(event, table));
        }
      }
    }
    for (String table : wanted.keySet()) {
      if (!wanted.get(table).equals(there.get(table))) {
        follow(table, times.get(table), wanted.get(table));
      }
    }
  }

  private void follow(String table, MartTimes times, String comment) throws SQLException {
    for (Map.Entry<String, String> event : EVENTS.entrySet()) {
      execute(
          ("CREATE TRIGGER alerts_%1$s AFTER %1$s ON gold.\"%2$s\" REFERENCING %3$s TABLE AS changed"
                  + " FOR EACH STATEMENT EXECUTE FUNCTION gold.note_changed_times(%4$s, %5$s)")
              .formatted(
                  event.getKey(),
                  table,
                  event.getValue(),
                  literal(times.since()),
                  literal(times.until())));
    }
    execute(
        "COMMENT ON TRIGGER alerts_insert ON gold.\"%s\" IS %s".formatted(table, literal(comment)));
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }
}
