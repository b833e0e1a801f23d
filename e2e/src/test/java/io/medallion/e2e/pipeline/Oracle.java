package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.traffic.GroundTruth;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

/** What must be in the tables, computed by no code of the layers. */
public final class Oracle {
  private static final String TOPIC = "clickstream_events";
  private static final Duration GAP = Duration.ofMinutes(30);

  /** Asks Postgres; each row is the texts of its columns. */
  @FunctionalInterface
  public interface Gold {
    List<List<String>> rows(String query) throws SQLException;
  }

  private final Lake lake;
  private final Map<String, String> kafka;
  private final Gold gold;

  public Oracle(Lake lake, Map<String, String> kafka, Gold gold) {
    this.lake = lake;
    this.kafka = kafka;
    this.gold = gold;
  }

  /**
   * Nothing lost and nothing twice, as sums: what Kafka acknowledged is in bronze, in one of three
   * places behind it, and in gold.
   */
  public void reconciliation(long acknowledged) throws SQLException {
    long inKafka =
        KafkaTopics.endOffsets(kafka, TOPIC).values().stream().mapToLong(Long::longValue).sum();
    TableState silver = lake.table(TableDefinition.SILVER).state();
    assertThat(inKafka).isEqualTo(acknowledged);
    assertThat(lake.table(TableDefinition.BRONZE).state().rows()).isEqualTo(acknowledged);
    assertThat(silver.read()).isEqualTo(acknowledged);
    assertThat(silver.rows() + silver.quarantined() + silver.duplicates()).isEqualTo(acknowledged);
    assertThat(count(TableDefinition.BRONZE)).isEqualTo(acknowledged);
    assertThat(count(TableDefinition.SILVER)).isEqualTo(silver.rows());
    assertThat(count(TableDefinition.QUARANTINE)).isEqualTo(silver.quarantined());
    assertThat(number("select sum(events) from gold.sessions"))
        .isEqualTo(silver.rows() - number("select bots from gold.ledger"));
  }

  /** Gold's sessions and page views are those that the simulator acted out. */
  public void goldEquals(GroundTruth truth) throws SQLException {
    List<List<String>> sessions =
        truth.sessions(GAP).stream()
            .map(
                s ->
                    List.of(
                        site(s.site()),
                        s.visitor(),
                        s.start().toString(),
                        s.end().toString(),
                        Long.toString(s.events()),
                        Long.toString(s.pageViews()),
                        Long.toString(s.cartAdds()),
                        Long.toString(s.purchases())))
            .toList();
    List<List<String>> merged =
        gold
            .rows(
                "select site, visitor, session_start, session_end, events, page_views, cart_adds,"
                    + " purchases from gold.sessions")
            .stream()
            .map(
                r ->
                    List.of(
                        r.get(0),
                        r.get(1),
                        instant(r.get(2)),
                        instant(r.get(3)),
                        r.get(4),
                        r.get(5),
                        r.get(6),
                        r.get(7)))
            .toList();
    assertThat(merged).containsExactlyInAnyOrderElementsOf(sessions);
    List<List<String>> views =
        truth.pageViews().entrySet().stream()
            .map(
                e ->
                    List.of(
                        e.getKey().minute().toString(),
                        site(e.getKey().site()),
                        e.getKey().page(),
                        e.getValue().toString()))
            .toList();
    assertThat(
            gold.rows("select window_start, site, page, views from gold.page_views").stream()
                .map(r -> List.of(instant(r.get(0)), r.get(1), r.get(2), r.get(3))))
        .containsExactlyInAnyOrderElementsOf(views);
  }

  /** Events that name none are of their topic's. */
  private static String site(String named) {
    return named == null ? TOPIC : named;
  }

  /** Postgres's way to write a time, as {@link java.time.Instant} writes it. */
  private static String instant(String timestamptz) {
    return OffsetDateTime.parse(
            timestamptz.replace(' ', 'T') + (timestamptz.matches(".*[+-]\\d\\d$") ? ":00" : ""))
        .toInstant()
        .toString();
  }

  private long number(String query) throws SQLException {
    return Long.parseLong(gold.rows(query).get(0).get(0));
  }

  private long count(TableDefinition table) {
    LakeTable lakeTable = lake.table(table);
    return lakeTable.rowsAt(lake.session(), lakeTable.version()).count();
  }
}
