package io.medallion.e2e.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * The damages that a proof must find, or say that it did not look at.
 *
 * <p>In a statement {@code %t} is the table, {@code %p} the position of the row that the damage is
 * given, as a condition; {@code %q} and {@code %b} are quarantine and bronze. In words {@code %r}
 * is the row's position.
 */
final class PlantedDamage {
  static final String ONCE = "bronze holds each Kafka position once";
  static final String LACKS = "bronze holds every record that Kafka has";
  static final String KAFKA = "bronze's rows are Kafka's records";
  static final String COUNT = "bronze holds as many rows as silver has read";
  static final String ONE_PLACE = "each bronze row is one of silver, quarantine, duplicate";
  static final String SAME = "silver says what bronze's bytes say";
  static final String LINEAGE = "silver's rows keep when and how their records came";
  static final String LOCATED = "silver's places are the GeoIP database's";
  static final String NETWORKS = "silver's networks are the ASN database's";
  static final String BYTES = "quarantine keeps bronze's records";
  static final String REASONS = "quarantine gives the reasons that the rules give";
  static final String EVENT_ONCE = "silver holds each event once";
  static final String FIRST = "the first record of an event is the one in silver";
  static final String STATE = "silver counts what it holds";
  static final String LEDGER = "the ledger counts silver's rows";
  static final String SOURCE = "gold was made from this silver table";
  static final String MARTS = "gold's marts are those of the settings and files";
  static final String RETENTION = "gold keeps what its settings say";
  static final String STATUS = "gold.layer_status is what the layers' commits say";
  static final String VIEWS = "gold's views are those of their files";

  /** Instead of a check: it is told that this was not looked at. */
  static final String NOT_LOOKED_AT = "";

  /** Whose rows a damage is given one of. */
  enum Row {
    /** An event of silver, the only record of its identity. */
    EVENT,
    /** A record that breaks a rule. */
    REFUSED,
    /** A copy of an event, in neither table. */
    COPY,
    /** A copy with another payload, in quarantine. */
    CONFLICT,
    /** None. */
    NONE
  }

  /**
   * One of them.
   *
   * @param name what is done
   * @param row what it is done to
   * @param table of the lake; null for Postgres
   * @param statements how; several are set apart by semicolons
   * @param check that must find it
   * @param words among its findings
   */
  record Damage(String name, Row row, String table, String statements, String check, String words) {
    /** Whether it would hide others. */
    boolean isAlone() {
      return statements.contains("gold.ledger") || statements.contains("delete from gold.revenue");
    }

    /** Whether their findings are told by the same check, of which the first few are. */
    boolean isLike(Damage other) {
      return check.equals(other.check) || ("bronze".equals(table) && "bronze".equals(other.table));
    }
  }

  private final List<Damage> all = new ArrayList<>();

  static List<Damage> all() {
    PlantedDamage planted = new PlantedDamage();
    planted.silver();
    planted.quarantine();
    planted.copies();
    planted.bronze();
    planted.gold();
    planted.records();
    return planted.all;
  }

  private void lake(String name, Row row, String table, String statements, String check) {
    all.add(new Damage(name, row, table, statements, check, "%r"));
  }

  private void silver() {
    for (String change :
        List.of(
            "page = '/other'",
            "url = 'https://else.where/'",
            "referrer = 'https://spam.example/'",
            "event_type = 'other'",
            "visitor = 'somebody'",
            "user_id = 'somebody'",
            "product_id = 'p'",
            "price = 1234.56",
            "quantity = 99",
            "currency = 'XXX'",
            "properties = '{}'",
            "ip_address = '8.8.8.8'",
            "user_agent = 'curl/8'",
            "is_bot = not is_bot",
            "browser = 'Netscape'",
            "device_class = 'watch'",
            "operating_system = 'BeOS'",
            "referrer_domain = 'spam.example'",
            "referrer_medium = 'paid'",
            "utm_source = 'spam'",
            "utm_campaign = 'theirs'",
            "event_id = 'another'",
            "event_time = event_time + interval 1 second",
            "fingerprint = fingerprint + 1",
            "flags = array('odd')")) {
      lake("silver: " + change, Row.EVENT, "silver", "update %t set " + change + " where %p", SAME);
    }
    for (String change :
        List.of(
            "kafka_timestamp = kafka_timestamp - interval 1 hour",
            "ingested_at = ingested_at + interval 1 second",
            "commit_seq = commit_seq + 1")) {
      lake(
          "silver: " + change,
          Row.EVENT,
          "silver",
          "update %t set " + change + " where %p",
          LINEAGE);
    }
    for (String change :
        List.of(
            "country = 'Atlantis'", "city = 'Atlantis'", "latitude = 1.5", "time_zone = 'UTC'")) {
      lake(
          "silver: " + change,
          Row.EVENT,
          "silver",
          "update %t set " + change + " where %p",
          LOCATED);
    }
    for (String change : List.of("asn = 1", "asn = null", "as_organization = 'Atlantis Online'")) {
      lake(
          "silver: " + change,
          Row.EVENT,
          "silver",
          "update %t set " + change + " where %p",
          NETWORKS);
    }
    all.add(
        new Damage(
            "silver: a network, with the database's date changed",
            Row.EVENT,
            "silver",
            "update %t set asn = 1, asn_db_build = timestamp'2001-01-01' where %p",
            NOT_LOOKED_AT,
            "1 rows of silver have their networks from another ASN database"));
    all.add(
        new Damage(
            "silver: a price, with the rules' version lowered",
            Row.EVENT,
            "silver",
            "update %t set price = 4321, rules_version = rules_version - 1 where %p",
            NOT_LOOKED_AT,
            "1 rows of silver were made by other rules"));
    all.add(
        new Damage(
            "silver: a country, with the database's date changed",
            Row.EVENT,
            "silver",
            "update %t set country = 'Atlantis', geoip_db_build = timestamp'2001-01-01' where %p",
            NOT_LOOKED_AT,
            "1 rows of silver were located by another GeoIP database"));
    lake("silver: a row deleted", Row.EVENT, "silver", "delete from %t where %p", FIRST);
    lake(
        "silver: a row doubled",
        Row.EVENT,
        "silver",
        "insert into %t select * from %t where %p",
        ONE_PLACE);
    all.add(
        new Damage(
            "silver: a row of nowhere",
            Row.EVENT,
            "silver",
            "insert into %t by name select * except (offset), offset + 1000000 as offset from %t where %p",
            ONE_PLACE,
            "0 bronze, 1 silver"));
  }

  private void quarantine() {
    for (String change :
        List.of(
            "value = cast('{' as binary)",
            "key = cast('k' as binary)",
            "kafka_timestamp = kafka_timestamp - interval 1 hour",
            "ingested_at = ingested_at - interval 1 second",
            "quarantined_at = timestamp'2001-01-01'")) {
      lake(
          "quarantine: " + change,
          Row.REFUSED,
          "quarantine",
          "update %t set " + change + " where %p",
          BYTES);
    }
    lake(
        "quarantine: a reason's code",
        Row.REFUSED,
        "quarantine",
        "update %t set reasons = transform(reasons, r -> named_struct('code', 'TIME_MISSING_', 'field', r.field, 'message', r.message)) where %p",
        REASONS);
    lake(
        "quarantine: a reason's words",
        Row.REFUSED,
        "quarantine",
        "update %t set reasons = transform(reasons, r -> named_struct('code', r.code, 'field', r.field, 'message', 'because')) where %p",
        REASONS);
    lake(
        "quarantine: no reason",
        Row.REFUSED,
        "quarantine",
        "update %t set reasons = filter(reasons, r -> false) where %p",
        REASONS);
    all.add(
        new Damage(
            "quarantine: reasons, with the rules' version lowered",
            Row.REFUSED,
            "quarantine",
            "update %t set reasons = filter(reasons, r -> false), rules_version = rules_version - 1 where %p",
            NOT_LOOKED_AT,
            "1 rows of quarantine were refused by other rules"));
    lake(
        "quarantine: a row deleted",
        Row.REFUSED,
        "quarantine",
        "delete from %t where %p",
        ONE_PLACE);
    lake(
        "quarantine: a row doubled",
        Row.REFUSED,
        "quarantine",
        "insert into %t select * from %t where %p",
        ONE_PLACE);
  }

  private void copies() {
    String conflict =
        "array(named_struct('code', 'ID_CONFLICT', 'field', 'event_id', 'message', 'an earlier event has this id and time, and another payload'))";
    String intoQuarantine =
        "insert into %q select key, value, headers, source_epoch, topic, partition, offset, kafka_timestamp, timestamp_type, commit_seq, null, ingested_at, "
            + conflict
            + ", (select max(rules_version) from %q), null, now(), ingest_date from %b where %p";
    lake(
        "an event moved to quarantine as another's copy",
        Row.EVENT,
        "silver",
        intoQuarantine + "; delete from %t where %p",
        FIRST);
    lake(
        "a copy put into quarantine as one with another payload",
        Row.COPY,
        "quarantine",
        intoQuarantine,
        FIRST);
    lake(
        "a copy with another payload taken out of quarantine",
        Row.CONFLICT,
        "quarantine",
        "delete from %t where %p",
        FIRST);
  }

  private void bronze() {
    String open = "alter table %t set tblproperties ('delta.appendOnly' = 'false'); ";
    for (String change :
        List.of(
            "value = cast(concat(cast(value as string), ' ') as binary)",
            "key = cast('k' as binary)",
            "headers = array(named_struct('key', 'h', 'value', cast('v' as binary)))",
            "kafka_timestamp = kafka_timestamp - interval 1 hour")) {
      lake(
          "bronze: " + change,
          Row.EVENT,
          "bronze",
          open + "update %t set " + change + " where %p",
          KAFKA);
    }
    lake(
        "bronze: a row doubled",
        Row.EVENT,
        "bronze",
        open + "insert into %t select * from %t where %p",
        ONCE);
    lake("bronze: a row deleted", Row.EVENT, "bronze", open + "delete from %t where %p", LACKS);
    all.add(
        new Damage(
            "bronze: rows deleted",
            Row.EVENT,
            "bronze",
            open + "delete from %t where %p",
            COUNT,
            "rows up to there"));
  }

  private void gold(String table, String change, String words) {
    all.add(
        new Damage(
            "gold.%s: %s".formatted(table, change),
            Row.NONE,
            null,
            "update gold.%1$s set %2$s where ctid = (select min(ctid) from gold.%1$s)"
                .formatted(table, change),
            "gold.%s is what silver says".formatted(table),
            words));
  }

  private void gold() {
    gold("page_views", "views = views + 1", "views is ");
    gold("active_users", "users = users + 1", "users is ");
    gold("active_users__users", "windows = windows # 1", "windows is ");
    gold("event_counts", "events = events + 1", "events is ");
    gold("revenue", "revenue = revenue + 0.000001", "revenue is ");
    gold("lateness", "within_1m = within_1m - 1", "within_1m is ");
    gold("new_users", "users = users + 1", "users is ");
    gold("country_changes", "changes = changes + 1", "changes is ");
    gold("session_hours", "bounced = bounced + 1", "bounced is ");
    gold("period_users", "users = users + 1", "users is ");
    gold("silver_days", "bots = bots + 1", "bots is ");
    gold("visitor_countries", "last_seen = last_seen + interval '1 microsecond'", "last_seen is ");
    gold("user_events", "product_id = 'other'", "product_id is other");
    gold("sessions", "exit_page = '/other'", "exit_page is /other");
    gold("sessions", "session_end = session_end + interval '1 second'", "session_end is ");
    all.add(
        new Damage(
            "gold.sessions: two products made one text",
            Row.NONE,
            null,
            "update gold.sessions set products = array[products[1] || E'\\x1f' || products[2]] || products[3:] where ctid = (select min(ctid) from gold.sessions where cardinality(products) > 1)",
            "gold.sessions is what silver says",
            "products is "));
    all.add(
        new Damage(
            "gold.daily_users: a row deleted",
            Row.NONE,
            null,
            "delete from gold.daily_users where ctid = (select min(ctid) from gold.daily_users)",
            "gold.daily_users is what silver says",
            "missing in gold"));
    all.add(
        new Damage(
            "gold: a table of somebody's",
            Row.NONE,
            null,
            "create table gold.theirs (number int)",
            NOT_LOOKED_AT,
            "gold.theirs"));
    all.add(
        new Damage(
            "gold: a column of somebody's",
            Row.NONE,
            null,
            "alter table gold.revenue add tax int",
            NOT_LOOKED_AT,
            "gold.revenue.tax"));
  }

  private void record(String name, String statements, String check, String words) {
    all.add(new Damage(name, Row.NONE, null, statements, check, words));
  }

  private void records() {
    record("gold.ledger: its row deleted", "delete from gold.ledger", LEDGER, "has no row");
    record("gold.ledger: a count", "update gold.ledger set bots = bots + 1", LEDGER, "silver: ");
    record(
        "gold.ledger: another silver table",
        "update gold.ledger set silver_table = 'another'",
        SOURCE,
        "table another");
    record(
        "gold.ledger: retention moved and the rows gone",
        "update gold.ledger set retained_from = now() + interval '1 day'; delete from gold.page_views; delete from gold.event_counts",
        RETENTION,
        "retained_from");
    record(
        "gold.ledger: retention of sets moved",
        "update gold.ledger set user_sets_retained_from = now() + interval '1 day'; delete from gold.active_users__users",
        RETENTION,
        "user_sets_retained_from");
    record(
        "gold.definitions: a row deleted, and a session changed",
        "delete from gold.definitions where mart = 'sessions'; update gold.sessions set cart_adds = cart_adds + 1 where ctid = (select min(ctid) from gold.sessions)",
        MARTS,
        "gold.definitions has no row of sessions");
    record(
        "gold.definitions: a declared mart's row deleted, and its rows",
        "delete from gold.definitions where mart = 'revenue'; delete from gold.revenue",
        MARTS,
        "gold.definitions has no row of revenue");
    record(
        "gold.definitions: crawlers counted",
        "update gold.definitions set definition = replace(definition, 'left-out', 'counted') where mart = 'event_counts'",
        MARTS,
        "event_counts was made with");
    record(
        "gold.layer_status: what silver has read",
        "update gold.layer_status set rows_read = rows_read + 1 where layer = 'silver'",
        STATUS,
        "its commits say");
    record(
        "gold.layer_status: what gold has written",
        "update gold.layer_status set rows_written = rows_written - 1 where layer = 'gold'",
        STATUS,
        "the ledger says");
    record(
        "gold.layer_status: a layer's row deleted",
        "delete from gold.layer_status where layer = 'bronze'",
        STATUS,
        "null, its commits say");
    record(
        "a view with another number",
        "create or replace view gold.users_by_week as select site, first_day as week, users + 1 as active from gold.period_users where period = 'week'",
        VIEWS,
        "gold.users_by_week is another query");
    record(
        "a view with another condition",
        "create or replace view gold.users_by_month as select site, first_day as month, users as active from gold.period_users where period = 'week'",
        VIEWS,
        "gold.users_by_month is another query");
    record(
        "a view dropped",
        "drop view gold.lateness_by_day",
        VIEWS,
        "gold.lateness_by_day cannot be compared");
  }

  private PlantedDamage() {}
}
