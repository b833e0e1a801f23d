package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.gold.merge.MartTables;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Gold's first start on an empty database, killed before and after everything it says to it. */
class FirstStartIT {
  private static final Migrations.Tables TABLES =
      owner -> new MartTables(owner).create(TestMarts.SHIPPED);

  private static final Set<String> SAYING =
      Set.of("execute", "executeQuery", "executeUpdate", "commit");

  private static final String LEFT =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND pid <> pg_backend_pid()";

  /** Counts what is said to Postgres, and loses the connection when it has been said. */
  private static final class Dying {
    private final Connection real;
    private final int last;
    private final boolean before;
    private int said;

    /**
     * Dies.
     *
     * @param last the number of what it says last
     * @param before whether it dies before Postgres hears of that
     */
    Dying(Connection real, int last, boolean before) {
      this.real = real;
      this.last = last;
      this.before = before;
    }

    Connection connection() {
      return proxy(Connection.class, real);
    }

    private <T> T proxy(Class<T> type, Object target) {
      InvocationHandler handler =
          (proxy, method, arguments) -> {
            boolean says = SAYING.contains(method.getName());
            if (says && ++said == last && before) {
              throw die();
            }
            Object answer;
            try {
              answer = method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
            if (says && said == last) {
              throw die();
            }
            return switch (method.getName()) {
              case "createStatement" -> proxy(Statement.class, answer);
              case "prepareStatement" -> proxy(PreparedStatement.class, answer);
              default -> answer;
            };
          };
      return type.cast(
          Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** As the operating system does to the connections of a process that is killed. */
    private SQLException die() throws SQLException {
      real.abort(Runnable::run);
      return new SQLException("killed", "08006");
    }
  }

  /** The first and the last statement, and some between. */
  @Test
  void killedAtSomeStatementsTheNextStartGoesOn() throws Exception {
    int statements = statements();
    long seed = System.nanoTime();
    System.out.printf("deaths by seed %d%n", seed);
    for (int last : new Random(seed).ints(5, 2, statements).toArray()) {
      die(last, statements, last % 2 == 0);
    }
    die(1, statements, true);
    die(statements, statements, true);
    die(statements, statements, false);
  }

  @Test
  @Tag("full")
  void killedAtAnyStatementTheNextStartGoesOn() throws Exception {
    int statements = statements();
    for (int last = 1; last <= statements; last++) {
      die(last, statements, true);
      die(last, statements, false);
    }
  }

  private static void die(int last, int statements, boolean before) throws Exception {
    String described = "killed %s %d".formatted(before ? "before" : "after", last);
    Postgres postgres = TestPostgres.database();
    try (Connection connection = postgres.connect()) {
      Connection dying = new Dying(connection, last, before).connection();
      assertThatThrownBy(() -> Migrations.run(dying, "postgres", "medallion_reader", TABLES))
          .as(described)
          .isInstanceOf(SQLException.class);
    }
    await().until(() -> TestPostgres.rows(postgres, LEFT).get(0).equals("0"));
    boolean committed = last == statements && !before;
    assertThat(TestPostgres.rows(postgres, "SELECT to_regclass('gold.ledger') IS NOT NULL"))
        .as(described)
        .containsExactly(committed ? "t" : "f");
    TestPostgres.migrate(postgres);
    assertThat(TestPostgres.rows(postgres, "SELECT count(*) FROM gold.schema_versions"))
        .as(described)
        .containsExactly("" + Migrations.FILES.size());
    TestPostgres.drop(postgres);
  }

  private static int statements() throws SQLException {
    try (Connection connection = TestPostgres.database().connect()) {
      Dying living = new Dying(connection, Integer.MAX_VALUE, true);
      Migrations.run(living.connection(), "postgres", "medallion_reader", TABLES);
      assertThat(living.said).isGreaterThan(2 * Migrations.FILES.size());
      return living.said;
    }
  }
}
