package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.merge.Filling;
import io.medallion.gold.merge.MartTables;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of a user's own: made at each start of gold and with each table below, or told of. */
class UserViewsIT {
  private static final String REFUSED =
      "SELECT line_number, column_number, problem, reason FROM gold.refused_marts";

  @TempDir private Path folder;
  private Postgres postgres;

  @BeforeEach
  void database() {
    postgres = TestPostgres.database();
  }

  @Test
  void viewsStandOnMartsAndOnOtherViewsWhateverTheirNames() throws IOException {
    write("a.view.sql", "SELECT top + 1 AS more FROM z");
    write("z.view.sql", "-- The most\nSELECT max(views) AS top FROM gold.page_views;");

    start();

    page("/home", 7);
    assertThat(rows("SELECT * FROM gold.a")).containsExactly("8");
    assertThat(rows(REFUSED)).isEmpty();
  }

  @Test
  void anErrorInOneIsWrittenDownAndStopsNothing() throws IOException {
    write("good.view.sql", "SELECT 1 AS one");
    write("bad.view.sql", "SELECT page,\n  vews FROM page_views");
    write("now.sql", "SELECT page, now() AS at FROM silver GROUP BY ALL");

    start();

    assertThat(rows("SELECT * FROM gold.good")).containsExactly("1");
    assertThat(rows(REFUSED))
        .containsExactly(
            "1|14|now is not the same whenever it is asked|A number that depends on when, where or"
                + " how often it is computed cannot be computed again.",
            "2|3|Postgres does not take the view gold.bad|ERROR: column \"vews\" does not exist");

    write("bad.view.sql", "SELECT page,\n  views FROM page_views");
    Files.delete(folder.resolve("now.sql"));
    start();
    assertThat(rows(REFUSED)).isEmpty();
    assertThat(rows("SELECT * FROM gold.bad")).isEmpty();
  }

  @Test
  void aChangedOneIsMadeAgainWithThoseThatStandOnIt() throws IOException {
    write("below.view.sql", "SELECT 1 AS a, 2 AS b");
    write("on_top.view.sql", "SELECT a + 1 AS c FROM below");
    start();
    String before = oid("below");
    start();
    assertThat(oid("below")).as("not made again").isEqualTo(before);

    write("below.view.sql", "SELECT 'x' AS b, 5 AS a");
    start();

    assertThat(rows("SELECT b, a, c FROM gold.below, gold.on_top")).containsExactly("x|5|6");
    assertThat(rows(REFUSED)).isEmpty();
  }

  @Test
  void oneThatIsNotAcceptedAnyMoreStaysAsItWasAndSoDoesOneWhoseFileIsGone() throws IOException {
    write("kept.view.sql", "SELECT 1 AS a");
    write("gone.view.sql", "SELECT a AS same FROM kept");
    start();

    write("kept.view.sql", "SELECT 2 AS other FROM nowhere");
    Files.delete(folder.resolve("gone.view.sql"));
    start();

    assertThat(rows("SELECT a, same FROM gold.kept, gold.gone")).containsExactly("1|1");
    assertThat(rows(REFUSED)).hasSize(1).first().asString().contains("\"nowhere\" does not exist");

    write("kept.view.sql", "SELECT 2 AS other, 3 AS a");
    start();
    assertThat(rows("SELECT a, other, same FROM gold.kept, gold.gone")).containsExactly("3|2|3");
  }

  @Test
  void anotherTableOrViewOfItsNameIsNotReplaced() throws IOException {
    write("page_views.view.sql", "SELECT 1 AS one");
    write("freshness.view.sql", "SELECT 1 AS one");

    start();

    assertThat(rows("SELECT problem FROM gold.refused_marts"))
        .containsExactly("There is a gold.freshness already", "There is a gold.page_views already");
    assertThat(rows("SELECT count(*) FROM gold.page_views")).containsExactly("0");
  }

  @Test
  void aTableIsReplacedBelowThem() throws IOException, SQLException {
    write("pages.sql", "SELECT page, count(*) AS n FROM silver GROUP BY ALL");
    write("n.view.sql", "SELECT sum(n) AS n FROM pages");
    start();
    execute(
        "INSERT INTO gold.ledger (silver_table, silver_version, silver_rows, bots, late_dropped,"
            + " merged_at) VALUES ('t', 3, 0, 0, 0, now());"
            + " INSERT INTO gold.pages VALUES ('/old', 7)");

    write("pages.sql", "SELECT page, country, count(*) AS n FROM silver GROUP BY ALL");
    DeclaredMarts declared = load();
    MartTables.begin(configuration(), filling(declared), "t");
    execute("INSERT INTO gold_filling.pages VALUES ('/new', 'here', 9)");
    assertThat(MartTables.swap(configuration(), declared, filling(declared)))
        .as("its ledger is elsewhere")
        .isFalse();
    execute("INSERT INTO gold_filling.ledger SELECT * FROM gold.ledger");
    execute("CREATE VIEW public.foreigner AS SELECT * FROM gold.n");
    assertThatThrownBy(() -> MartTables.swap(configuration(), declared, filling(declared)))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.MART_HELD);
              assertThat(e.reason()).contains("foreigner");
            });
    assertThat(rows("SELECT n FROM gold.n")).containsExactly("7");

    execute("DROP VIEW public.foreigner");
    assertThat(MartTables.swap(configuration(), declared, filling(declared))).isTrue();

    assertThat(rows("SELECT n FROM gold.n")).containsExactly("9");
    assertThat(rows("SELECT country FROM gold.pages")).containsExactly("here");
    assertThat(rows("SELECT FROM pg_namespace WHERE nspname = 'gold_filling'")).isEmpty();
  }

  @Test
  void aFillingIsGoneOnWithAsLongAsItIsAboutTheSame() throws IOException {
    write("pages.sql", "SELECT page, count(*) AS n FROM silver GROUP BY ALL");
    start();
    String filled = "SELECT n FROM gold_filling.pages";
    assertThat(MartTables.begin(configuration(), filling(load()), "t")).isFalse();
    execute("INSERT INTO gold_filling.pages VALUES ('/new', 9)");
    assertThat(MartTables.begin(configuration(), filling(load()), "t")).isTrue();
    assertThat(rows(filled)).containsExactly("9");

    assertThat(MartTables.begin(configuration(), filling(load()), "another table")).isFalse();
    assertThat(rows(filled)).isEmpty();
    execute("INSERT INTO gold_filling.pages VALUES ('/new', 9)");
    write("pages.sql", "SELECT page, count(*) + 0 AS n FROM silver GROUP BY ALL");
    assertThat(MartTables.begin(configuration(), filling(load()), "another table")).isFalse();
    assertThat(rows(filled)).isEmpty();
  }

  private Configuration configuration() {
    return Configuration.builder()
        .flag("postgres.url", postgres.url())
        .flag("postgres.user", "postgres")
        .build();
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private DeclaredMarts load() {
    return DeclaredMarts.load(
        TestSpark.session(),
        TableDefinition.SILVER.schema(),
        List.of(),
        List.of(folder),
        TestMarts.stitched(RandomEvents.GAP));
  }

  /** Those that are not shipped. */
  private static Filling filling(DeclaredMarts declared) {
    List<MartDefinition> all = declared.definitions();
    return Filling.of(
        TestMarts.stitched(RandomEvents.GAP),
        all.subList(DeclaredMarts.SHIPPED.size(), all.size()));
  }

  private void start() {
    try (Connection owner = postgres.connect()) {
      Migrations.run(owner, "postgres", "medallion_reader", MartTables.of(load()));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void page(String page, int views) {
    execute(
        "INSERT INTO gold.page_views (site, window_start, page, views) VALUES ('s', now(), '%s', %d)"
            .formatted(page, views));
  }

  private String oid(String view) {
    return rows("SELECT oid FROM pg_class WHERE oid = 'gold.%s'::regclass".formatted(view)).get(0);
  }

  private List<String> rows(String sql) {
    return TestPostgres.rows(postgres, sql);
  }

  private void execute(String sql) {
    TestPostgres.execute(postgres, sql);
  }
}
