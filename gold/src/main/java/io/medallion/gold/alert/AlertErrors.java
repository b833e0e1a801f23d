package io.medallion.gold.alert;

import io.medallion.common.config.Closest;
import io.medallion.common.contract.Place;
import io.medallion.gold.alert.AlertDefinition.Matches;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** From what Postgres says of an alert's SELECT to the place in the alert's file. */
final class AlertErrors {
  private static final String NO_SUCH_TABLE = "42P01";
  private static final Pattern NAME = Pattern.compile("\"?([a-z_][a-z0-9_]*)\"?");
  private static final SqlFile COLUMNS = SqlFile.of("alerts/columns");
  private static final String RELATIONS =
      "SELECT relname FROM pg_class WHERE relnamespace = 'gold'::regnamespace"
          + " AND relkind IN ('r', 'v') AND relname <> ? ORDER BY 1";

  private AlertErrors() {}

  /**
   * What is wrong.
   *
   * @param connection that can be asked
   * @param query the SELECT
   * @param before how many characters were sent before it
   * @throws SQLException the error itself if it is not the SELECT's
   */
  static AlertRefused refused(
      Connection connection,
      AlertDefinition alert,
      OverMart over,
      String query,
      int before,
      SQLException e)
      throws SQLException {
    if (Postgres.mayReturn(e)) {
      throw e;
    }
    boolean noTable = NO_SUCH_TABLE.equals(e.getSQLState());
    List<String> columns = names(connection, COLUMNS.text(), over.mart());
    boolean noMart = noTable && columns.isEmpty();
    int at = position(e) - before;
    Place place =
        noMart
            ? alert.places().getOrDefault(over.mart(), new Place(1, 1))
            : inCondition(over, query, at)
                .or(() -> ofName(alert, query, at))
                .orElse(new Place(1, 1));
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new AlertRefused(
        List.of(
            new MartRefusal(
                alert.path(),
                place.line(),
                place.column(),
                noMart
                    ? "There is no table or view gold.%s".formatted(over.mart())
                    : "Postgres does not take the alert %s".formatted(alert.name()),
                reason,
                noMart ? marts(connection, over.mart()) : remedy(over, columns, reason),
                false)));
  }

  private static String marts(Connection connection, String wanted) throws SQLException {
    List<String> there = names(connection, RELATIONS, wanted);
    return Closest.to(wanted, there).map(near -> "Did you mean %s? ".formatted(near)).orElse("")
        + "Declare it in a file next to this one, or name a mart that `medallion marts list` shows.";
  }

  private static String remedy(OverMart over, List<String> columns, String reason) {
    Matcher named =
        Pattern.compile("column \"?(?:\\w+\\.)?(\\w+)\"? does not exist").matcher(reason);
    return (named.find()
            ? Closest.to(named.group(1), columns)
                .map(near -> "Did you mean %s? ".formatted(near))
                .orElse("")
            : "")
        + "gold.%s has the columns %s.".formatted(over.mart(), String.join(", ", columns));
  }

  private static int position(SQLException e) {
    return e instanceof PSQLException known && known.getServerErrorMessage() != null
        ? known.getServerErrorMessage().getPosition() - 1
        : -1;
  }

  private static Optional<Place> inCondition(OverMart over, String query, int at) {
    if (!(over.test() instanceof Matches matches)) {
      return Optional.empty();
    }
    int begin = query.indexOf(matches.sql());
    if (at < begin || at >= begin + matches.sql().length()) {
      return Optional.empty();
    }
    String upTo = query.substring(begin, at);
    int lines = (int) upTo.chars().filter(c -> c == '\n').count();
    int column = upTo.length() - (upTo.lastIndexOf('\n') + 1);
    return Optional.of(
        matches.block()
            // How far the block is indented is not known, but its lines are.
            ? new Place(matches.place().line() + 1 + lines, column + 1)
            : new Place(
                matches.place().line() + lines,
                lines == 0 ? matches.place().column() + column : column + 1));
  }

  private static Optional<Place> ofName(AlertDefinition alert, String query, int at) {
    if (at < 0 || at >= query.length()) {
      return Optional.empty();
    }
    Matcher name = NAME.matcher(query).region(at, query.length());
    if (!name.lookingAt()) {
      return Optional.empty();
    }
    String first = name.group(1);
    if (first.equals("this") && query.startsWith(".", name.end())) {
      name.region(name.end() + 1, query.length());
      first = name.lookingAt() ? name.group(1) : first;
    }
    return Optional.ofNullable(alert.places().get(first));
  }

  private static List<String> names(Connection connection, String sql, String parameter)
      throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, parameter);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
    }
    return names;
  }
}
