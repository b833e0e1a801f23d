package io.medallion.common.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Every setting there is. A default stands next to its reason. */
public final class Keys {
  private static final List<ConfigKey<?>> ALL = new ArrayList<>();

  /** Options of Kafka's own clients, passed through. */
  public static final String KAFKA_OPTIONS = "kafka.options.";

  /** JSON paths of a producer's own field names, by contract field. */
  public static final String SILVER_FIELDS = "silver.fields.";

  /** Spark's own settings, such as credentials of an object store. */
  public static final String SPARK = "spark.";

  private static final List<String> OPEN_PREFIXES = List.of(KAFKA_OPTIONS, SILVER_FIELDS, SPARK);
  private static final Pattern SECRET_OPTION =
      Pattern.compile("(?i).*(password|secret|jaas|token|access\\.?key|ssl\\.keystore\\.key).*");

  // Where things are.
  public static final ConfigKey<String> LAKE_PATH =
      text("lake.path", null, "Where the Delta tables live: a folder, s3a:// or hdfs:// address.");
  public static final ConfigKey<String> CHECKPOINT_PATH =
      text(
          "checkpoint.path",
          null,
          "Where Spark's disposable checkpoints live; below the lake where not set.");
  public static final ConfigKey<Duration> LAKE_START_TIMEOUT =
      duration(
          "lake.start-timeout",
          "2m",
          "How long a layer waits at its start for the table that it reads; not with --once.");
  public static final ConfigKey<Boolean> LAKE_READABLE_BY_GROUP =
      flag(
          "lake.readable-by-group",
          "false",
          "Whether the group of a local lake's folder may read it; else only its owner can.");
  public static final ConfigKey<Boolean> LAKE_SHARED_FOLDER =
      flag(
          "lake.shared-folder",
          "false",
          "Whether a lake in a folder is the same one on every machine of a Spark cluster; only then"
              + " does a layer run on a master that is not local.");
  public static final ConfigKey<Boolean> LAKE_FAST_WRITER =
      flag(
          "lake.fast-writer",
          "true",
          "Whether layers write a table's files by their own fast writer; false: by Delta's, which"
              + " takes longer and keeps no hashes in silver's files, so that looking identities up"
              + " does, too.");
  public static final ConfigKey<String> KAFKA_BOOTSTRAP_SERVERS =
      text(
          "kafka.bootstrap-servers",
          null,
          "The brokers to ask first, host:port, separated by commas.");
  public static final ConfigKey<List<String>> KAFKA_TOPICS =
      key(
          "kafka.topics",
          "list",
          ConfigTypes::list,
          "clickstream_events",
          "The topics that bronze lands.");
  public static final ConfigKey<String> KAFKA_TOPIC_PATTERN =
      text(
          "kafka.topic-pattern",
          null,
          "A regular expression of topics to land, instead of kafka.topics.");
  public static final ConfigKey<Duration> KAFKA_START_TIMEOUT =
      duration(
          "kafka.start-timeout", "30s", "How long a start waits for a broker before it gives up.");
  public static final ConfigKey<String> POSTGRES_URL =
      key(
          "postgres.url",
          "text",
          ConfigTypes::databaseAddress,
          null,
          "The JDBC address of gold's database; the driver's options pass through it.");
  public static final ConfigKey<String> POSTGRES_USER =
      text("postgres.user", "medallion_writer", "The role that merges into gold.");
  public static final ConfigKey<String> POSTGRES_PASSWORD =
      secret("postgres.password", "The writer's password.");
  public static final ConfigKey<String> POSTGRES_OWNER_USER =
      text(
          "postgres.owner.user",
          null,
          "The role that owns and migrates gold's schema; the writer where not set.");
  public static final ConfigKey<String> POSTGRES_OWNER_PASSWORD =
      secret("postgres.owner.password", "The owner's password.");
  public static final ConfigKey<String> POSTGRES_READER_USER =
      text(
          "postgres.reader.user",
          "medallion_reader",
          "The role that dashboards and status read gold with.");
  public static final ConfigKey<String> POSTGRES_READER_PASSWORD =
      secret("postgres.reader.password", "The reader's password.");
  public static final ConfigKey<Duration> POSTGRES_START_TIMEOUT =
      duration(
          "postgres.start-timeout",
          "30s",
          "How long a start waits for Postgres before it gives up.");

  // Streaming.
  public static final ConfigKey<Optional<Duration>> FRESHNESS =
      key(
          "freshness",
          "duration or auto",
          ConfigTypes::durationOrAuto,
          "auto",
          "How old an event should be at most, usually, when Postgres shows it: layers wait for so"
              + " much to come together, which costs less than many small batches. auto is 2s, and"
              + " 10s for a lake that is not on a disk of this machine; 0 waits for nothing.");
  public static final ConfigKey<Long> BRONZE_MAX_RECORDS =
      number(
          "bronze.max-records-per-batch",
          1,
          Integer.MAX_VALUE,
          "400000",
          "Bounds memory and time of a batch when a backlog is drained, here and in silver, which"
              + " never splits one.");
  public static final ConfigKey<Boolean> BRONZE_ACCEPT_DATA_LOSS =
      flag(
          "bronze.accept-data-loss",
          "false",
          "Goes on behind offsets that Kafka has lost, and records the gap.");
  public static final ConfigKey<Boolean> BRONZE_ACCEPT_NEW_SOURCE =
      flag(
          "bronze.accept-new-source",
          "false",
          "Takes a re-created topic or another cluster as a new source epoch.");
  public static final ConfigKey<Long> SILVER_MAX_RECORDS =
      number(
          "silver.max-records-per-batch",
          1,
          Integer.MAX_VALUE,
          "400000",
          "Bounds what is judged at once, of which a backlog has two in memory where the heap is"
              + " large enough; whole bronze versions are never split.");
  public static final ConfigKey<Long> GOLD_MAX_RECORDS =
      number(
          "gold.max-records-per-batch",
          1,
          Integer.MAX_VALUE,
          "500000",
          "Bounds the partial aggregates of a staging, of which a merge takes up to four; whole"
              + " silver versions are never split.");
  public static final ConfigKey<Long> LOW_LATENCY_MAX_RECORDS =
      number(
          "batch.low-latency-max-records",
          0,
          Integer.MAX_VALUE,
          "50000",
          "Batches up to this size run with the settings of small live batches, larger ones with"
              + " those of drains.");

  // What silver takes for good.
  public static final ConfigKey<String> SILVER_CONTRACT =
      text(
          "silver.contract",
          null,
          "A YAML file with columns and rules of your own that add to what an event is.");
  public static final ConfigKey<Long> SILVER_MAX_EVENT_BYTES =
      key(
          "silver.max-event-size",
          "size",
          ConfigTypes::bytes,
          "1MiB",
          "Kafka's own default limit of a message; larger values are quarantined unparsed.");
  public static final ConfigKey<Long> SILVER_MAX_DEPTH =
      number(
          "silver.max-depth", 1, 1000, "32", "Levels of nesting; real events have three or four.");
  public static final ConfigKey<Long> SILVER_MAX_KEYS =
      number("silver.max-keys", 1, 1_000_000, "1000", "Keys in an event, nested ones included.");
  public static final ConfigKey<Long> SILVER_MAX_STRING_BYTES =
      key(
          "silver.max-string-size",
          "size",
          ConfigTypes::bytes,
          "256KiB",
          "Bytes of one string; pages of 100 kB are legal.");
  public static final ConfigKey<LocalDate> SILVER_MIN_EVENT_TIME =
      key(
          "silver.min-event-time",
          "date",
          Keys::date,
          "2010-01-01",
          "Earlier events are quarantined, so that hostile dates do not make thousands of"
              + " partitions.");
  public static final ConfigKey<Duration> SILVER_MAX_FUTURE_SKEW =
      duration(
          "silver.max-future-skew",
          "1h",
          "How far an event may lie ahead of the time of its record.");
  public static final ConfigKey<IpPolicy> SILVER_IP_ANONYMIZATION =
      key(
          "silver.ip-anonymization",
          "one of " + ConfigTypes.names(IpPolicy.class),
          ConfigTypes.oneOf(IpPolicy.class),
          "keep",
          "What silver keeps of an address once it is located. With truncate and drop no other name"
              + " that an event has for its address is kept either.");
  public static final ConfigKey<List<String>> SILVER_PSEUDONYMIZE =
      key(
          "silver.pseudonymize",
          "columns",
          ConfigTypes::list,
          "",
          "Columns of silver, and of all that is made of it, that hold keyed hashes in place of what"
              + " an event says, such as user_id, anonymous_id, session_id, ip_address; an address is"
              + " located and a user agent classified before.");
  public static final ConfigKey<List<String>> SILVER_CRAWLER_WORDS =
      key(
          "silver.crawler-words",
          "list",
          ConfigTypes::list,
          "",
          "Words in user agents of crawlers that the kept list does not know, whatever their case.");
  public static final ConfigKey<String> SILVER_GEOIP_DATABASE =
      text(
          "silver.geoip.database",
          null,
          "The MaxMind City or Country database file; without it nothing is located.");
  public static final ConfigKey<String> SILVER_GEOIP_ASN_DATABASE =
      text(
          "silver.geoip.asn-database",
          null,
          "The MaxMind ASN or ISP database file, by which silver has the number and the name of the"
              + " network that an address belongs to.");
  public static final ConfigKey<Boolean> SILVER_GEOIP_REQUIRED =
      flag(
          "silver.geoip.required",
          "true",
          "Whether a database that is named, and missing or corrupt, stops the start.");
  public static final ConfigKey<Duration> SILVER_GEOIP_REFRESH =
      duration(
          "silver.geoip.refresh",
          "10s",
          "How often the files of databases are looked at for a replacement.");

  public static final ConfigKey<Boolean> SILVER_PUBLISH_ENABLED =
      flag(
          "silver.publish.enabled",
          "false",
          "Whether silver sends its events to a Kafka topic as well; the topic must exist.");
  public static final ConfigKey<String> SILVER_PUBLISH_TOPIC =
      text(
          "silver.publish.topic",
          "enriched_activity",
          "The topic that silver's events are sent to, keyed by visitor.");

  public static final ConfigKey<String> ERASE_KEY =
      secret(
          "erase.key",
          "The key of the hashes by which erased persons are remembered; without it one is made in"
              + " the lake, readable by its owner alone.");

  public static final ConfigKey<String> PSEUDONYM_KEY =
      secret(
          "pseudonym.key",
          "The key of the pseudonyms that silver.pseudonymize makes, 16 bytes or more.");
  public static final ConfigKey<String> PSEUDONYM_PREVIOUS_KEY =
      secret(
          "pseudonym.previous-key",
          "The key that pseudonym.key took the place of, for as long as there are rows by it.");

  // What gold counts.
  public static final ConfigKey<Duration> GOLD_SESSION_GAP =
      duration(
          "gold.session-gap", "30m", "Events of a visitor at most this far apart are one session.");
  public static final ConfigKey<Optional<Duration>> GOLD_ALLOWED_LATENESS =
      key(
          "gold.allowed-lateness",
          "duration or unlimited",
          ConfigTypes::durationOrUnlimited,
          "unlimited",
          "Events later than this are left out of the marts and counted.");
  public static final ConfigKey<Boolean> GOLD_INCLUDE_BOTS =
      flag("gold.include-bots", "false", "Whether the marts count events of crawlers.");
  public static final ConfigKey<Boolean> GOLD_STITCHING =
      flag(
          "gold.stitching",
          "on",
          "Whether an anonymous id that was seen with exactly one user id counts as that user, in all"
              + " its events.");
  public static final ConfigKey<List<String>> GOLD_PLACEHOLDER_IDS =
      key(
          "gold.placeholder-ids",
          "texts",
          ConfigTypes::list,
          "0, -1, null, (null), none, (none), nil, nan, undefined, unknown, anonymous, guest, n/a,"
              + " true, false, [object object], 00000000-0000-0000-0000-000000000000",
          "Ids that producers send for want of one, in any case: they link nothing and are no user.");
  public static final ConfigKey<List<Path>> GOLD_MARTS =
      key(
          "gold.marts",
          "folders",
          ConfigTypes::folders,
          "",
          "Folders of marts of your own, separated by commas: each file NAME.sql is a SELECT that"
              + " becomes the table gold.NAME, each NAME.view.sql a view on top, each"
              + " NAME.alert.yaml an alert over them.");
  public static final ConfigKey<List<String>> GOLD_OPTIONAL_MARTS =
      key(
          "gold.optional-marts",
          "list",
          ConfigTypes::list,
          "",
          "Marts that are shipped and not kept unless named here: session_paths, session_funnels,"
              + " distinct_orders.");
  public static final ConfigKey<Boolean> GOLD_MARTS_STRICT =
      flag(
          "gold.marts.strict",
          "false",
          "Whether gold refuses to start with a mart that cannot be kept, and stops if one fails"
              + " over an event; else it goes on with the others and says so.");
  public static final ConfigKey<Duration> GOLD_ALERTS_MAX_AGE =
      duration(
          "gold.alerts.max-age",
          "1d",
          "How long ago a window may have ended for an alert to be raised over it, as of what gold"
              + " has merged; an alert that was raised is withdrawn at any age.");
  public static final ConfigKey<String> GOLD_ALERTS_WEBHOOK_URL =
      secret(
          "gold.alerts.webhook-url",
          "An http:// or https:// address to which alerts are posted; a secret, as such addresses"
              + " often hold one.");
  public static final ConfigKey<String> GOLD_ALERTS_WEBHOOK_TOKEN =
      secret("gold.alerts.webhook-token", "Sent to the webhook as a bearer's, if it is set.");
  public static final ConfigKey<String> GOLD_ALERTS_TOPIC =
      text("gold.alerts.topic", null, "A Kafka topic to which alerts are sent.");
  public static final ConfigKey<Boolean> GOLD_ALERTS_STDOUT =
      flag("gold.alerts.stdout", "false", "Whether gold prints alerts, one JSON object a line.");
  public static final ConfigKey<Boolean> GOLD_USER_EVENTS =
      flag("gold.user-events", "false", "Whether gold keeps a row for every event as well.");
  public static final ConfigKey<Optional<Duration>> GOLD_ACTIVE_USER_SETS_RETENTION =
      key(
          "gold.active-user-sets.retention",
          "duration or unlimited",
          ConfigTypes::durationOrUnlimited,
          "unlimited",
          "How far before the newest event the sets behind each count(DISTINCT ...) by less than a"
              + " day are kept, those behind active users among them; windows of older events are"
              + " counted again from silver.");
  public static final ConfigKey<Optional<Duration>> GOLD_RETENTION =
      key(
          "gold.retention",
          "duration or unlimited",
          ConfigTypes::durationOrUnlimited,
          "unlimited",
          "How far before the newest event rows by minute, hour and session are kept; rows by day"
              + " stay.");

  // Keeping the tables small.
  public static final ConfigKey<Optional<Duration>> BRONZE_RETENTION =
      key(
          "bronze.retention",
          "duration or unlimited",
          ConfigTypes::durationOrUnlimited,
          "unlimited",
          "How long bronze keeps what records say: `medallion maintain` empties whole days of arrival"
              + " and leaves their places. Silver and gold keep what was made of them; what they were"
              + " made of is gone, so that a backfill of such days is refused.");
  public static final ConfigKey<Optional<Duration>> MAINTENANCE_INTERVAL =
      key(
          "maintenance.interval",
          "duration or off",
          ConfigTypes::durationOrOff,
          "off",
          "How often `medallion silver`, or the demo, maintains all tables; off leaves it to the"
              + " command.");
  public static final ConfigKey<Duration> MAINTENANCE_PARTITION_IDLE_TIME =
      duration(
          "maintenance.partition-idle-time",
          "1h",
          "A day without new rows for so long is compacted; waiting saves writing it twice.");
  public static final ConfigKey<Long> MAINTENANCE_FILE_SIZE =
      key(
          "maintenance.file-size",
          "size",
          ConfigTypes::bytes,
          "128MiB",
          "What a compacted file should weigh: large enough to scan, small enough to skip.");

  // Looking at it.
  public static final ConfigKey<String> VERIFY_PROOF =
      text(
          "verify.proof",
          null,
          "The file in which `medallion verify --since-last` keeps what it has proven, outside the lake and"
              + " readable by its owner alone; where not set, one of each lake in data/proofs.");
  public static final ConfigKey<Boolean> SPARK_UI_ENABLED =
      flag("spark.ui.enabled", "false", "Whether Spark's own web page is served.");
  public static final ConfigKey<String> METRICS_HOST =
      text("metrics.host", "127.0.0.1", "The address at which a layer serves its metrics.");
  public static final ConfigKey<Long> METRICS_PORT =
      number(
          "metrics.port",
          1,
          65_535,
          null,
          "The port of a layer's /metrics, /healthz and /readyz; none is served where not set.");
  public static final ConfigKey<Duration> HEALTH_STALL_TIMEOUT =
      duration(
          "health.stall-timeout",
          "5m",
          "A layer with rows waiting and no batch done for so long is not healthy.");

  public static final ConfigKey<String> DASHBOARD_HOST =
      text(
          "dashboard.host",
          "127.0.0.1",
          "Where the live page listens; from other machines it wants one of dashboard.tokens.");
  public static final ConfigKey<Long> DASHBOARD_PORT =
      number("dashboard.port", 0, 65535, "8090", "The live page's port; 0 takes a free one.");
  public static final ConfigKey<Boolean> DASHBOARD_LOCAL =
      flag(
          "dashboard.local",
          "false",
          "Whether this machine alone reaches dashboard.host, as it does a container's whose port is"
              + " published at 127.0.0.1: then nobody needs a token.");
  public static final ConfigKey<String> DASHBOARD_TOKENS =
      secret(
          "dashboard.tokens",
          "A line 'name: token' for each reader of the live page and its API from other machines, 'name @ site:"
              + " token' for one who is shown one site; without it both answer this machine only.");
  public static final ConfigKey<String> CONNECT_HOST =
      text(
          "connect.host",
          "127.0.0.1",
          "Where `medallion connect` listens; for other machines it wants connect.tokens.");
  public static final ConfigKey<Long> CONNECT_PORT =
      number("connect.port", 0, 65535, "15002", "The port of Spark Connect; 0 takes a free one.");
  public static final ConfigKey<String> CONNECT_TOKENS =
      secret(
          "connect.tokens",
          "A line 'name: token' for each reader by Spark Connect; without it nobody is asked for"
              + " one.");

  private Keys() {}

  /** Every key of its own, in the order of the documentation. */
  public static List<ConfigKey<?>> all() {
    return List.copyOf(ALL);
  }

  /** Whether there is such a setting, of its own or below an open prefix. */
  public static boolean isKnown(String name) {
    return names().contains(name)
        || OPEN_PREFIXES.stream()
            .anyMatch(prefix -> name.startsWith(prefix) && name.length() > prefix.length());
  }

  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    ALL.forEach(key -> names.add(key.name()));
    ALL.stream().filter(ConfigKey::secret).forEach(key -> names.add(key.name() + "-file"));
    return names;
  }

  static Set<String> variables() {
    Set<String> variables = new TreeSet<>();
    names().forEach(name -> variables.add(ConfigKey.environmentName(name)));
    return variables;
  }

  static Optional<String> nameOfVariable(String variable) {
    Optional<String> own =
        names().stream().filter(n -> ConfigKey.environmentName(n).equals(variable)).findFirst();
    return own.isPresent() ? own : nameOfOpenVariable(variable);
  }

  /**
   * Kafka's option names have dots where a variable has underscores, and contract fields keep
   * theirs.
   */
  private static Optional<String> nameOfOpenVariable(String variable) {
    Map<String, Function<String, String>> spellings =
        Map.of(KAFKA_OPTIONS, rest -> rest.replace('_', '.'), SILVER_FIELDS, Function.identity());
    return spellings.entrySet().stream()
        .filter(s -> variable.startsWith(ConfigKey.environmentName(s.getKey())))
        .map(s -> s.getKey() + s.getValue().apply(rest(variable, s.getKey())))
        .filter(Keys::isKnown)
        .findFirst();
  }

  private static String rest(String variable, String prefix) {
    return variable.substring(ConfigKey.environmentName(prefix).length()).toLowerCase(Locale.ROOT);
  }

  /** Whether a setting's value must not be shown. */
  public static boolean isSecret(String name) {
    return ALL.stream().anyMatch(key -> key.secret() && key.name().equals(name))
        || (OPEN_PREFIXES.stream().anyMatch(name::startsWith)
            && SECRET_OPTION.matcher(name).matches());
  }

  private static LocalDate date(String value) {
    try {
      return LocalDate.parse(value.strip());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("not a date such as 2010-01-01", e);
    }
  }

  private static ConfigKey<String> text(String name, String defaultText, String description) {
    return key(name, "text", ConfigTypes::text, defaultText, description);
  }

  private static ConfigKey<String> secret(String name, String description) {
    return add(new ConfigKey<>(name, "secret", ConfigTypes::text, null, true, description));
  }

  private static ConfigKey<Boolean> flag(String name, String defaultText, String description) {
    return key(name, "true or false", ConfigTypes::flag, defaultText, description);
  }

  private static ConfigKey<Duration> duration(String name, String defaultText, String description) {
    return key(name, "duration", ConfigTypes::duration, defaultText, description);
  }

  private static ConfigKey<Long> number(
      String name, long least, long most, String defaultText, String description) {
    return key(name, "whole number", ConfigTypes.number(least, most), defaultText, description);
  }

  private static <T> ConfigKey<T> key(
      String name,
      String type,
      Function<String, T> parser,
      String defaultText,
      String description) {
    return add(new ConfigKey<>(name, type, parser, defaultText, false, description));
  }

  private static <T> ConfigKey<T> add(ConfigKey<T> key) {
    ALL.add(key);
    return key;
  }
}
