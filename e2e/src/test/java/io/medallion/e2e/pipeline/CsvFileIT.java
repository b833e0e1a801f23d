package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.IngestListener;
import io.medallion.demo.ingest.IngestReport;
import io.medallion.demo.ingest.IngestSettings;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/**
 * A shop's event file, as published, through every layer; the numbers are those that Postgres
 * itself finds in the file with a few lines of SQL.
 */
class CsvFileIT {
  private static final long SEED = 20191001;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'");

  /**
   * Sessions by neighbours' distance: a row begins one where the one before is missing or over 30
   * minutes away.
   */
  private static final String SESSIONS_OF_FILE =
      """
      WITH gaps AS (
        SELECT *, event_time - lag(event_time) OVER w > interval '30 minutes' AS split
        FROM shop_file WINDOW w AS (PARTITION BY user_id ORDER BY event_time)),
      numbered AS (
        SELECT *, count(*) FILTER (WHERE split) OVER (PARTITION BY user_id ORDER BY event_time) AS n FROM gaps)
      SELECT user_id, min(event_time)::text, max(event_time)::text, count(*),
        count(*) FILTER (WHERE event_type = 'view'), count(*) FILTER (WHERE event_type = 'cart'),
        count(*) FILTER (WHERE event_type = 'purchase'),
        coalesce(sum(price) FILTER (WHERE event_type = 'purchase'), 0)::numeric(38, 6)
      FROM numbered GROUP BY user_id, n
      """;

  private static final String PAGE_VIEWS_OF_FILE =
      """
      SELECT date_trunc('minute', event_time)::text, 'product:' || product_id, count(*)
      FROM shop_file WHERE event_type = 'view' GROUP BY 1, 2
      """;

  @TempDir Path folder;

  @Test
  void sessionsAndPageCountsEqualThoseOfAShortSqlOverTheFile() throws Exception {
    Path file = writeFile();
    try (Pipeline pipeline = Pipeline.in(folder.resolve("data"))) {
      IngestSettings settings =
          new IngestSettings(pipeline.kafka(), "clickstream_events", Map.of());
      IngestReport once = FileIngest.ingest(settings, List.of(file), new IngestListener() {});
      FileIngest.ingest(settings, List.of(file), new IngestListener() {});
      pipeline.drain();

      TableState silver = pipeline.state(TableDefinition.SILVER);
      assertThat(silver.values())
          .containsEntry(TableState.ROWS, once.acknowledged())
          .containsEntry(TableState.DUPLICATES, once.acknowledged())
          .containsEntry(TableState.QUARANTINED, 0L);
      load(pipeline, file);
      assertThat(
              pipeline.gold(
                  "SELECT visitor, session_start::text, session_end::text, events, page_views,"
                      + " cart_adds, purchases, revenue FROM gold.sessions"))
          .containsExactlyInAnyOrderElementsOf(pipeline.gold(SESSIONS_OF_FILE));
      assertThat(pipeline.gold("SELECT window_start::text, page, views FROM gold.page_views"))
          .containsExactlyInAnyOrderElementsOf(pipeline.gold(PAGE_VIEWS_OF_FILE));
    }
  }

  /**
   * Visits with gaps around half an hour, on the boundary too, written in no order of time within
   * an hour.
   */
  private Path writeFile() throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    String[] types = {"view", "view", "view", "cart", "remove_from_cart", "purchase"};
    int[] gaps = {1, 20, 300, 1_799, 1_800, 1_801, 7_200};
    Path file = folder.resolve("2019-Oct.csv");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(
          "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n");
      for (int user = 0; user < 150; user++) {
        LocalDateTime time =
            LocalDateTime.of(2019, 10, 1, 0, 0).plusSeconds(random.nextInt(100_000));
        int events = 1 + random.nextInt(25);
        for (int i = 0; i < events; i++) {
          time = time.plusSeconds(gaps[random.nextInt(gaps.length)]);
          out.write(
              "%s,%s,%d,2103807459595387724,electronics.smartphone,\"brand, \"\"x\"\"\",%d.%02d,%d,0f%d-%d\n"
                  .formatted(
                      TIME.format(time),
                      types[random.nextInt(types.length)],
                      1_000_000 + random.nextInt(50),
                      random.nextInt(2_000),
                      random.nextInt(100),
                      500_000_000 + user,
                      user,
                      i / 10));
        }
      }
    }
    return file;
  }

  private static void load(Pipeline pipeline, Path file) throws SQLException, IOException {
    try (Connection connection = pipeline.connect();
        Statement statement = connection.createStatement();
        Reader reader = Files.newBufferedReader(file)) {
      statement.execute(
          "CREATE TABLE shop_file (event_time timestamptz, event_type text, product_id text,"
              + " category_id text, category_code text, brand text, price numeric, user_id text,"
              + " user_session text)");
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY shop_file FROM STDIN CSV HEADER", reader);
    }
  }
}
