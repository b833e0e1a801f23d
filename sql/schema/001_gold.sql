-- The whole schema: the marts, how far they have come, and where their rows wait to be merged.
--
-- Tables that merges update leave room in their pages (fillfactor), so that the new version of a row
-- fits next to the old one and no index changes. They are also vacuumed earlier than by default: the
-- rows of a merge are outdated a second later, and the dead rows of a fifth of a year's table are too
-- many to wait for.
--
-- Indexes and sorts by visitor begin with what tells rows apart, and have the site behind it: most rows
-- have the same one, and a sort looks at the first bytes of its first column alone where it can.
CREATE SCHEMA IF NOT EXISTS gold_staging;
COMMENT ON SCHEMA gold IS 'Marts of the clickstream, live and exact: each table equals a batch computation over silver at the ledger''s version';
COMMENT ON SCHEMA gold_staging IS 'Partial aggregates on their way into gold, too many to go through the driver; not for readers';

-- What declared marts merge by.

CREATE FUNCTION gold.array_union(a uuid[], b uuid[]) RETURNS uuid[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(SELECT DISTINCT value FROM unnest(a || b) AS value ORDER BY value);
COMMENT ON FUNCTION gold.array_union IS 'The values of two arrays, each once';

CREATE AGGREGATE gold.union_of(uuid[]) (SFUNC = gold.array_union, STYPE = uuid[], INITCOND = '{}');
COMMENT ON AGGREGATE gold.union_of(uuid[]) IS 'The values of all arrays, each once';

CREATE AGGREGATE gold.concatenation(anycompatiblearray) (SFUNC = array_cat, STYPE = anycompatiblearray);
COMMENT ON AGGREGATE gold.concatenation(anycompatiblearray) IS 'The elements of all arrays';

CREATE FUNCTION gold.first_distinct(listed text[], times timestamptz[], most int) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(
    SELECT value
    FROM (SELECT value, min(seen) AS first FROM unnest(listed, times) AS each (value, seen) GROUP BY value) AS firsts
    ORDER BY first, value COLLATE "C"
    LIMIT most);
COMMENT ON FUNCTION gold.first_distinct IS 'The first distinct values of a list in which each has its time';

CREATE FUNCTION gold.first_distinct_times(listed text[], times timestamptz[], most int) RETURNS timestamptz[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(
    SELECT first
    FROM (SELECT value, min(seen) AS first FROM unnest(listed, times) AS each (value, seen) GROUP BY value) AS firsts
    ORDER BY first, value COLLATE "C"
    LIMIT most);
COMMENT ON FUNCTION gold.first_distinct_times IS 'The times of these';

-- Entries are a time of 19 digits and what belongs to it, and sort by both.

CREATE FUNCTION gold.first_entries(a text[], b text[], most int) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(
    SELECT DISTINCT entry COLLATE "C" AS entry
    FROM unnest(a || b) AS entry
    ORDER BY 1
    LIMIT most);
COMMENT ON FUNCTION gold.first_entries IS 'Of two lists of entries the first ones';

CREATE AGGREGATE gold.first_entries_of(text[], int) (SFUNC = gold.first_entries, STYPE = text[], INITCOND = '{}');
COMMENT ON AGGREGATE gold.first_entries_of(text[], int) IS 'The same of many lists';

CREATE FUNCTION gold.entry_values(entries text[], length_digits int) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY(
    SELECT right(left(entry, -length_digits), right(entry, length_digits)::int)
    FROM unnest(entries) WITH ORDINALITY AS listed (entry, place)
    ORDER BY place);
COMMENT ON FUNCTION gold.entry_values IS 'The values of entries that end in their values'' lengths';

-- An event that takes only steps that earlier ones have reached cannot matter any more.
CREATE FUNCTION gold.funnel_union(a text[], b text[], steps int) RETURNS text[]
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  entry text;
  taken text;
  kept text[] := '{}';
  reached int := 0;
BEGIN
  FOR entry IN
    SELECT DISTINCT e COLLATE "C" FROM unnest(a || b) AS e ORDER BY 1
  LOOP
    taken := substr(right(entry, steps), reached + 1);
    IF position('1' IN taken) > 0 THEN
      kept := kept || entry;
      IF left(taken, 1) = '1' THEN
        reached := reached + 1;
      END IF;
    END IF;
  END LOOP;
  RETURN kept;
END $$;
COMMENT ON FUNCTION gold.funnel_union IS 'Of two lists of events that take steps of a funnel those that matter';

CREATE AGGREGATE gold.funnel_of(text[], int) (SFUNC = gold.funnel_union, STYPE = text[], INITCOND = '{}');
COMMENT ON AGGREGATE gold.funnel_of(text[], int) IS 'The same of many lists';

CREATE FUNCTION gold.funnel_depth(entries text[], steps int) RETURNS int
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  entry text;
  reached int := 0;
BEGIN
  FOREACH entry IN ARRAY coalesce(entries, '{}')
  LOOP
    IF substr(right(entry, steps), reached + 1, 1) = '1' THEN
      reached := reached + 1;
    END IF;
  END LOOP;
  RETURN reached;
END $$;
COMMENT ON FUNCTION gold.funnel_depth IS 'How many steps are taken one after the other';

-- Progress: what gold has merged, and what the layers before it have done.

CREATE TABLE gold.ledger (
  singleton               boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
  silver_table            text        NOT NULL,
  silver_version          bigint      NOT NULL,
  silver_rows             bigint      NOT NULL,
  bots                    bigint      NOT NULL,
  late_dropped            bigint      NOT NULL,
  links                   bigint      NOT NULL DEFAULT 0,
  links_several_users     bigint      NOT NULL DEFAULT 0,
  links_several_devices   bigint      NOT NULL DEFAULT 0,
  newest_event            timestamptz,
  newest_kafka            timestamptz,
  retained_from           timestamptz,
  user_sets_retained_from timestamptz,
  filling_version         bigint,
  filling_files           int         NOT NULL DEFAULT 0,
  filling_files_linked    int         NOT NULL DEFAULT 0,
  filling_files_merged    int         NOT NULL DEFAULT 0,
  merged_at               timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE gold.ledger IS 'How far gold has consumed silver. Moves in the transaction of each merge, by compare-and-set, so that no batch is merged twice';
COMMENT ON COLUMN gold.ledger.singleton IS 'Always true: the table has a single row';
COMMENT ON COLUMN gold.ledger.silver_table IS 'Id of the silver table that gold is made from';
COMMENT ON COLUMN gold.ledger.silver_version IS 'The last version of silver that is merged completely; -1 as long as there is none';
COMMENT ON COLUMN gold.ledger.silver_rows IS 'Silver rows in the merged versions, including those left out of the marts';
COMMENT ON COLUMN gold.ledger.bots IS 'Of these, left out of the marts because a crawler sent them';
COMMENT ON COLUMN gold.ledger.late_dropped IS 'Of these, left out because they came later than gold.allowed-lateness';
COMMENT ON COLUMN gold.ledger.links IS 'Ids in gold.identities that are somebody''s';
COMMENT ON COLUMN gold.ledger.links_several_users IS 'Ids there that are nobody''s, because they were seen with two user ids';
COMMENT ON COLUMN gold.ledger.links_several_devices IS 'Session ids there that are nobody''s, because they were seen with two anonymous ids';
COMMENT ON COLUMN gold.ledger.newest_event IS 'The newest event time merged';
COMMENT ON COLUMN gold.ledger.newest_kafka IS 'The newest Kafka time merged; now() less this is the freshness of the marts';
COMMENT ON COLUMN gold.ledger.retained_from IS 'Rows of less than a day are kept from this day on (gold.retention); null when all are kept';
COMMENT ON COLUMN gold.ledger.user_sets_retained_from IS 'The sets behind count(DISTINCT ...) by less than a day, as of active_users, are kept from this hour on (gold.active-user-sets.retention); null when all are kept';
COMMENT ON COLUMN gold.ledger.filling_version IS 'The version of silver that the marts are being made of, some files at a time; null once they are complete';
COMMENT ON COLUMN gold.ledger.filling_files IS 'How many files this version has';
COMMENT ON COLUMN gold.ledger.filling_files_linked IS 'How many of these, by time, have said who is who; all of them if nothing depends on it';
COMMENT ON COLUMN gold.ledger.filling_files_merged IS 'How many of these, by time, are merged';
COMMENT ON COLUMN gold.ledger.merged_at IS 'Time of the last merge';

CREATE TABLE gold.silver_days (
  day          date        PRIMARY KEY,
  silver_rows  bigint      NOT NULL,
  bots         bigint      NOT NULL,
  late_dropped bigint      NOT NULL,
  newest_event timestamptz NOT NULL,
  newest_kafka timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE gold.silver_days IS 'The counts of gold.ledger by event day: a backfill replaces days, and their counts with them';
COMMENT ON COLUMN gold.silver_days.day IS 'The day of event time, UTC';
COMMENT ON COLUMN gold.silver_days.silver_rows IS 'Silver rows of the day in the merged versions, including those left out of the marts';
COMMENT ON COLUMN gold.silver_days.bots IS 'Of these, left out of the marts because a crawler sent them';
COMMENT ON COLUMN gold.silver_days.late_dropped IS 'Of these, left out because they came later than gold.allowed-lateness';
COMMENT ON COLUMN gold.silver_days.newest_event IS 'The newest event time among them';
COMMENT ON COLUMN gold.silver_days.newest_kafka IS 'The newest Kafka time among them when they were merged';

CREATE TABLE gold.definitions (
  mart       text PRIMARY KEY,
  definition text NOT NULL
);
COMMENT ON TABLE gold.definitions IS 'The definition that each mart''s rows were computed with; a merge with another definition is refused';
COMMENT ON COLUMN gold.definitions.mart IS 'Name of the mart';
COMMENT ON COLUMN gold.definitions.definition IS 'Its version and the settings that its rows depend on';

CREATE TABLE gold.marts (
  mart       text        PRIMARY KEY,
  statement  text        NOT NULL,
  layout     text        NOT NULL,
  tables     text[]      NOT NULL,
  filled_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE gold.marts IS 'The marts that a SELECT declares and that have tables here; one whose file is gone stays until it is dropped';
COMMENT ON COLUMN gold.marts.mart IS 'Name of the mart, which is its table''s';
COMMENT ON COLUMN gold.marts.statement IS 'The file as it was when its rows were made';
COMMENT ON COLUMN gold.marts.layout IS 'Its columns and tables as they were made, hashed';
COMMENT ON COLUMN gold.marts.tables IS 'Its tables, the one that it is known by first; the others are the values behind count(DISTINCT ...)';
COMMENT ON COLUMN gold.marts.filled_at IS 'When its rows were last made from all of silver''s history';

CREATE TABLE gold.mart_views (
  view      text PRIMARY KEY,
  statement text NOT NULL
);
COMMENT ON TABLE gold.mart_views IS 'The views of a user''s own on top of marts; one whose file is gone stays until it is dropped';
COMMENT ON COLUMN gold.mart_views.view IS 'Name of the view';
COMMENT ON COLUMN gold.mart_views.statement IS 'The file that it was made from';

CREATE TABLE gold.refused_marts (
  file          text PRIMARY KEY,
  line_number   int  NOT NULL,
  column_number int  NOT NULL,
  problem       text NOT NULL,
  reason        text NOT NULL,
  remedy        text NOT NULL,
  failed        boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE gold.refused_marts IS 'The files of marts, views and alerts that cannot be kept, as of gold''s last start, and of marts and alerts that have failed since';
COMMENT ON COLUMN gold.refused_marts.file IS 'Where it was read';
COMMENT ON COLUMN gold.refused_marts.line_number IS 'The line in it, from 1';
COMMENT ON COLUMN gold.refused_marts.column_number IS 'The column in the line, from 1';
COMMENT ON COLUMN gold.refused_marts.problem IS 'What is wrong';
COMMENT ON COLUMN gold.refused_marts.reason IS 'Why it cannot be kept';
COMMENT ON COLUMN gold.refused_marts.remedy IS 'What to write instead';
COMMENT ON COLUMN gold.refused_marts.failed IS 'Whether it was kept until it failed over an event, or in being judged';

-- Alerts.

CREATE FUNCTION gold.kilometres_between(
  latitude_a double precision, longitude_a double precision,
  latitude_b double precision, longitude_b double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN 2 * 6371.0088 * asin(least(1, sqrt(
    sin(radians(latitude_b - latitude_a) / 2) ^ 2
    + cos(radians(latitude_a)) * cos(radians(latitude_b)) * sin(radians(longitude_b - longitude_a) / 2) ^ 2)));
COMMENT ON FUNCTION gold.kilometres_between IS 'The great-circle distance of two places in degrees: the haversine formula (Sinnott, Sky and Telescope 68, 1984) on a sphere with the mean radius of the Earth (IUGG)';

CREATE FUNCTION gold.median(numbers numeric[]) RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (
    SELECT avg(number)
    FROM (
      SELECT number, row_number() OVER (ORDER BY number) AS place, count(*) OVER () AS total
      FROM unnest(numbers) AS number
      WHERE number IS NOT NULL
    ) AS ranked
    WHERE place BETWEEN total / 2.0 AND total / 2.0 + 1);
COMMENT ON FUNCTION gold.median IS 'The middle one of numbers, or the mean of the two in the middle; null of none';

CREATE FUNCTION gold.median_deviation(numbers numeric[]) RETURNS numeric
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN gold.median(ARRAY(SELECT abs(number - gold.median(numbers)) FROM unnest(numbers) AS number));
COMMENT ON FUNCTION gold.median_deviation IS 'The median absolute deviation (MAD) of numbers from their median';

-- Triggers on tables that alerts are about call it. The table of the times that changed is a merge's
-- own; nobody else notes any. Its arguments are where the times of a row begin and end.
CREATE FUNCTION gold.note_changed_times() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('pg_temp.changed_times') IS NOT NULL THEN
    EXECUTE format(
      'INSERT INTO pg_temp.changed_times
       SELECT DISTINCT %L, date_trunc(''minute'', %s), date_trunc(''minute'', %s) + interval ''1 minute''
       FROM changed',
      TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]);
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION gold.note_changed_times IS 'Notes the times of a mart that a merge changes, by the minute, so that alerts are judged again there';

CREATE TABLE gold.alert_state (
  alert        text        PRIMARY KEY,
  definition   text        NOT NULL,
  judged_until timestamptz
);
COMMENT ON TABLE gold.alert_state IS 'Up to when each alert that a file declares has been judged';
COMMENT ON COLUMN gold.alert_state.alert IS 'Name of the alert, which is its file''s';
COMMENT ON COLUMN gold.alert_state.definition IS 'What it was judged by, hashed: its file and the marts below it';
COMMENT ON COLUMN gold.alert_state.judged_until IS 'Windows that end by then have been judged; null if all are to be judged again';

CREATE TABLE gold.alerts (
  id           uuid        PRIMARY KEY,
  alert        text        NOT NULL,
  window_start timestamptz NOT NULL,
  window_end   timestamptz NOT NULL,
  state        text        NOT NULL CHECK (state IN ('raised', 'withdrawn', 'ended')),
  changes      int         NOT NULL,
  key          jsonb,
  shown        jsonb,
  changed_at   timestamptz NOT NULL
);
CREATE INDEX alerts_window ON gold.alerts (alert, window_start);
COMMENT ON TABLE gold.alerts IS 'What alerts have been raised over, and whether that is still so';
COMMENT ON COLUMN gold.alerts.id IS 'Hash of alert, window and key';
COMMENT ON COLUMN gold.alerts.alert IS 'Name of the alert';
COMMENT ON COLUMN gold.alerts.window_start IS 'Start of the window that it is about; when the state changed if it is about no window';
COMMENT ON COLUMN gold.alerts.window_end IS 'End of this window';
COMMENT ON COLUMN gold.alerts.state IS 'raised; withdrawn if late or corrected data say that it was not so; ended if it was, and is over, which only alerts without a window can be';
COMMENT ON COLUMN gold.alerts.changes IS 'How often the state has changed, the first time included';
COMMENT ON COLUMN gold.alerts.key IS 'Whom or what it is about; null while it is withdrawn';
COMMENT ON COLUMN gold.alerts.shown IS 'The numbers, as they are now; null while it is withdrawn';
COMMENT ON COLUMN gold.alerts.changed_at IS 'When the state changed last';

CREATE TABLE gold.alert_messages (
  number     bigint      GENERATED ALWAYS AS IDENTITY,
  id         uuid        NOT NULL,
  target     text        NOT NULL,
  alert      text        NOT NULL,
  body       text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts   int         NOT NULL DEFAULT 0,
  error      text,
  sent_at    timestamptz,
  PRIMARY KEY (id, target)
) WITH (fillfactor = 70, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX alert_messages_waiting ON gold.alert_messages (target, number) WHERE sent_at IS NULL;
CREATE INDEX alert_messages_sent ON gold.alert_messages (target, sent_at);
COMMENT ON TABLE gold.alert_messages IS 'What alerts have to tell, written in the merge that they were judged in; each target is told in this order, at least once';
COMMENT ON COLUMN gold.alert_messages.number IS 'The order in which they are sent';
COMMENT ON COLUMN gold.alert_messages.id IS 'The same in every copy of a message, so that whoever is told can drop the others: hash of the alert''s id and of which of its changes it is';
COMMENT ON COLUMN gold.alert_messages.target IS 'webhook, topic or stdout';
COMMENT ON COLUMN gold.alert_messages.alert IS 'Name of the alert';
COMMENT ON COLUMN gold.alert_messages.body IS 'The message, JSON; null once it is sent';
COMMENT ON COLUMN gold.alert_messages.created_at IS 'When it was written';
COMMENT ON COLUMN gold.alert_messages.attempts IS 'How often it was tried to send it';
COMMENT ON COLUMN gold.alert_messages.error IS 'Why the last attempt failed; null if it did not';
COMMENT ON COLUMN gold.alert_messages.sent_at IS 'When its target took it; sent ones are kept for a week';

CREATE TABLE gold.quarantine_samples (
  observed_at timestamptz PRIMARY KEY,
  rows_read   bigint      NOT NULL,
  quarantined bigint      NOT NULL,
  reasons     jsonb       NOT NULL
);
COMMENT ON TABLE gold.quarantine_samples IS 'What silver had read and put into quarantine at some times, for alerts on the share of it; empty if there are none';
COMMENT ON COLUMN gold.quarantine_samples.observed_at IS 'When';
COMMENT ON COLUMN gold.quarantine_samples.rows_read IS 'As in gold.observed_layer_status';
COMMENT ON COLUMN gold.quarantine_samples.quarantined IS 'As in gold.observed_layer_status';
COMMENT ON COLUMN gold.quarantine_samples.reasons IS 'As in gold.observed_layer_status';

CREATE TABLE gold.layer_status (
  layer        text        PRIMARY KEY,
  position     text,
  rows_read    bigint      NOT NULL,
  rows_written bigint      NOT NULL,
  duplicates   bigint      NOT NULL,
  quarantined  bigint      NOT NULL,
  reasons      jsonb       NOT NULL DEFAULT '{}',
  more_events  bigint      NOT NULL DEFAULT 0,
  flags        jsonb       NOT NULL DEFAULT '{}',
  newest_kafka timestamptz,
  committed_at timestamptz,
  updated_at   timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE gold.layer_status IS 'What each layer has done since its table was created, as of the last merge';
COMMENT ON COLUMN gold.layer_status.layer IS 'bronze, silver or gold';
COMMENT ON COLUMN gold.layer_status.position IS 'The position it has reached, as text for people';
COMMENT ON COLUMN gold.layer_status.rows_read IS 'Rows read from its source since its table was created';
COMMENT ON COLUMN gold.layer_status.rows_written IS 'Rows in its table; for gold, the events counted in the marts';
COMMENT ON COLUMN gold.layer_status.duplicates IS 'Of those read, proven duplicates';
COMMENT ON COLUMN gold.layer_status.quarantined IS 'Of those read, in quarantine';
COMMENT ON COLUMN gold.layer_status.reasons IS 'Its records in quarantine by the code of their first reason';
COMMENT ON COLUMN gold.layer_status.more_events IS 'How many events more its rows read hold than they are, as a record may hold several';
COMMENT ON COLUMN gold.layer_status.flags IS 'Its rows by the flags that the contract gave them';
COMMENT ON COLUMN gold.layer_status.newest_kafka IS 'The newest Kafka time among them';
COMMENT ON COLUMN gold.layer_status.committed_at IS 'When the layer last committed, as of the last merge; null when that is not known';
COMMENT ON COLUMN gold.layer_status.updated_at IS 'When gold merged';

CREATE TABLE gold.observed_layer_status (
  layer           text        PRIMARY KEY,
  position        text,
  rows_read       bigint      NOT NULL,
  rows_written    bigint      NOT NULL,
  duplicates      bigint      NOT NULL,
  quarantined     bigint      NOT NULL,
  reasons         jsonb       NOT NULL,
  more_events     bigint      NOT NULL DEFAULT 0,
  flags           jsonb       NOT NULL DEFAULT '{}',
  newest_kafka    timestamptz,
  committed_at    timestamptz,
  waiting         bigint,
  waiting_seconds double precision,
  waiting_at      timestamptz,
  observed_at     timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE gold.observed_layer_status IS 'What bronze and silver have done when gold last observed them, merged or not; gold observes them every five seconds while it runs';
COMMENT ON COLUMN gold.observed_layer_status.layer IS 'bronze or silver';
COMMENT ON COLUMN gold.observed_layer_status.position IS 'The position it has reached, as text for people';
COMMENT ON COLUMN gold.observed_layer_status.rows_read IS 'Rows read from its source since its table was created';
COMMENT ON COLUMN gold.observed_layer_status.rows_written IS 'Rows in its table';
COMMENT ON COLUMN gold.observed_layer_status.duplicates IS 'Of those read, proven duplicates';
COMMENT ON COLUMN gold.observed_layer_status.quarantined IS 'Of those read, in quarantine';
COMMENT ON COLUMN gold.observed_layer_status.reasons IS 'Its records in quarantine by the code of their first reason';
COMMENT ON COLUMN gold.observed_layer_status.more_events IS 'How many events more its rows read hold than they are, as a record may hold several';
COMMENT ON COLUMN gold.observed_layer_status.flags IS 'Its rows by the flags that the contract gave them';
COMMENT ON COLUMN gold.observed_layer_status.newest_kafka IS 'The newest Kafka time among them';
COMMENT ON COLUMN gold.observed_layer_status.committed_at IS 'When the layer last committed';
COMMENT ON COLUMN gold.observed_layer_status.waiting IS 'Bronze only: records in Kafka that it had not read at waiting_at; null when it never reported any';
COMMENT ON COLUMN gold.observed_layer_status.waiting_seconds IS 'How long the oldest of them had waited';
COMMENT ON COLUMN gold.observed_layer_status.waiting_at IS 'When bronze compared its position with Kafka; it does so every five seconds while it runs and reaches its brokers';
COMMENT ON COLUMN gold.observed_layer_status.observed_at IS 'When gold observed the layer';

-- Who is who.

CREATE FUNCTION gold.value_hash(value text) RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN encode(substring(sha256(convert_to(value, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid;
COMMENT ON FUNCTION gold.value_hash IS 'The first 128 bits of the SHA-256 of a text, as the tables of distinct values have them';

CREATE TABLE gold.identities (
  site            text COLLATE "C" NOT NULL,
  kind            text             NOT NULL CHECK (kind IN ('anonymous', 'session')),
  id              text COLLATE "C" NOT NULL,
  person          text COLLATE "C",
  seen_with_kind  text             NOT NULL CHECK (seen_with_kind IN ('user', 'anonymous')),
  seen_with       text COLLATE "C" NOT NULL,
  event_id        text COLLATE "C" NOT NULL,
  event_time      timestamptz      NOT NULL,
  second          text COLLATE "C",
  second_event_id text COLLATE "C",
  second_time     timestamptz,
  PRIMARY KEY (id, site, kind)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX identities_person ON gold.identities (person, site);
CREATE INDEX identities_by_anonymous ON gold.identities (seen_with, site) WHERE seen_with_kind = 'anonymous';
COMMENT ON TABLE gold.identities IS 'Anonymous ids that were seen with a user id, and session ids, of events that have nothing better, that were seen with a user or anonymous id: whose they are, and the first event that says so';
COMMENT ON COLUMN gold.identities.site IS 'The site on which that is so: links hold within a site';
COMMENT ON COLUMN gold.identities.kind IS 'What the id is: anonymous or session';
COMMENT ON COLUMN gold.identities.id IS 'The id. Over 1,024 bytes: its beginning, # and its SHA-256';
COMMENT ON COLUMN gold.identities.person IS 'The visitor that its events count for; null where it was seen with two, so that it is its own';
COMMENT ON COLUMN gold.identities.seen_with_kind IS 'What it was seen with: user ids, or, for want of one, anonymous ids';
COMMENT ON COLUMN gold.identities.seen_with IS 'The one that it was seen with first';
COMMENT ON COLUMN gold.identities.event_id IS 'The first event with both';
COMMENT ON COLUMN gold.identities.event_time IS 'The time of this event';
COMMENT ON COLUMN gold.identities.second IS 'Another that it was seen with, the first after that; null where there is none';
COMMENT ON COLUMN gold.identities.second_event_id IS 'The first event with that';
COMMENT ON COLUMN gold.identities.second_time IS 'The time of that event';

CREATE TABLE gold.identity_days (
  site           text COLLATE "C" NOT NULL,
  id             text COLLATE "C" NOT NULL,
  kind           text             NOT NULL CHECK (kind IN ('user', 'anonymous', 'session')),
  seen_with_kind text             NOT NULL CHECK (seen_with_kind IN ('', 'user', 'anonymous')),
  seen_with      text COLLATE "C" NOT NULL,
  day            date             NOT NULL,
  half_hours     bigint           NOT NULL,
  event_time     timestamptz,
  event_id       text COLLATE "C",
  PRIMARY KEY (id, site, kind, seen_with_kind, seen_with, day)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX identity_days_day ON gold.identity_days USING brin (day);
CREATE INDEX identity_days_of_users ON gold.identity_days (seen_with, site) WHERE kind = 'anonymous' AND seen_with_kind = 'user';
CREATE INDEX identity_days_of_sessions ON gold.identity_days (id, site) WHERE kind = 'session' AND seen_with_kind = '';
COMMENT ON TABLE gold.identity_days IS 'State for linking: what silver has of each id on each day, those of crawlers and late ones included';
COMMENT ON COLUMN gold.identity_days.site IS 'As in gold.identities';
COMMENT ON COLUMN gold.identity_days.id IS 'As in gold.identities';
COMMENT ON COLUMN gold.identity_days.kind IS 'What the id is';
COMMENT ON COLUMN gold.identity_days.seen_with_kind IS 'What it was seen with; empty for events of which it is the best id, and that name no anonymous id if it is a user''s';
COMMENT ON COLUMN gold.identity_days.seen_with IS 'The id that it was seen with, empty as well';
COMMENT ON COLUMN gold.identity_days.day IS 'The day of event time, UTC';
COMMENT ON COLUMN gold.identity_days.half_hours IS 'Bit n is set if an event lies in the half hour n of the day; 0 for session ids that were seen with another id';
COMMENT ON COLUMN gold.identity_days.event_time IS 'Time of the day''s first event with both; null where seen_with is empty';
COMMENT ON COLUMN gold.identity_days.event_id IS 'Its id';

-- The marts that are declared in sql/marts and in the folders of gold.marts make their tables themselves.

-- Rollups: what triggers keep of the rows of a mart, as sql/rollups says.

CREATE FUNCTION gold.retained_from() RETURNS timestamptz
  LANGUAGE sql STABLE
  RETURN coalesce(
    nullif(current_setting('medallion.retained_from', true), '')::timestamptz,
    (SELECT retained_from FROM gold.ledger),
    '-infinity');
COMMENT ON FUNCTION gold.retained_from IS 'From when on rows of less than a day are kept: in a merge as that has set it, else as the ledger says';

CREATE TABLE gold.session_hours (
  site           text COLLATE "C" NOT NULL,
  local_date     date        NOT NULL,
  hour           timestamptz NOT NULL,
  sessions       bigint      NOT NULL,
  converted      bigint      NOT NULL,
  bounced        bigint      NOT NULL,
  viewed         bigint      NOT NULL,
  carted         bigint      NOT NULL,
  purchased      bigint      NOT NULL,
  total_duration interval    NOT NULL,
  PRIMARY KEY (site, local_date, hour)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE gold.session_hours IS 'gold.sessions by the hour in which they began; changes with every session that grows, joins another or is removed';
COMMENT ON COLUMN gold.session_hours.site IS 'As events name it, else their topic';
COMMENT ON COLUMN gold.session_hours.local_date IS 'As in gold.sessions: the hour in which a day begins may be of two, where zones are half an hour off';
COMMENT ON COLUMN gold.session_hours.hour IS 'The hour of session_start';
COMMENT ON COLUMN gold.session_hours.sessions IS 'Sessions that began in the hour';
COMMENT ON COLUMN gold.session_hours.converted IS 'Of these, with a purchase';
COMMENT ON COLUMN gold.session_hours.bounced IS 'Of these, with a single event';
COMMENT ON COLUMN gold.session_hours.viewed IS 'Of these, with a page view';
COMMENT ON COLUMN gold.session_hours.carted IS 'Of those with a page view, with something put in the cart';
COMMENT ON COLUMN gold.session_hours.purchased IS 'Of those with something put in the cart, with a purchase';
COMMENT ON COLUMN gold.session_hours.total_duration IS 'Sum of their durations';

CREATE TABLE gold.new_users (
  site  text COLLATE "C" NOT NULL,
  day   date   NOT NULL,
  users bigint NOT NULL,
  PRIMARY KEY (site, day)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE gold.new_users IS 'Distinct visitors of a site who came on the day and on no earlier day';
COMMENT ON COLUMN gold.new_users.site IS 'As in gold.sessions';
COMMENT ON COLUMN gold.new_users.day IS 'The day';
COMMENT ON COLUMN gold.new_users.users IS 'Distinct visitors; a day without a row had none';

CREATE TABLE gold.period_users (
  site      text COLLATE "C" NOT NULL,
  period    text   NOT NULL CHECK (period IN ('week', 'month')),
  first_day date   NOT NULL,
  users     bigint NOT NULL,
  PRIMARY KEY (site, period, first_day)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE gold.period_users IS 'gold.daily_users by week and by month: distinct visitors of a site';
COMMENT ON COLUMN gold.period_users.site IS 'As in gold.sessions';
COMMENT ON COLUMN gold.period_users.period IS 'week or month';
COMMENT ON COLUMN gold.period_users.first_day IS 'The Monday that the week begins with, or the first of the month';
COMMENT ON COLUMN gold.period_users.users IS 'Distinct visitors, exact';

CREATE TABLE gold.country_changes (
  site    text COLLATE "C" NOT NULL,
  visitor text COLLATE "C" NOT NULL,
  hour    timestamptz      NOT NULL,
  changes bigint           NOT NULL,
  PRIMARY KEY (visitor, site, hour)
);
CREATE INDEX country_changes_hour ON gold.country_changes USING brin (hour);
COMMENT ON TABLE gold.country_changes IS 'gold.visitor_countries by the hours that gold.impossible_travel has to look at: those in which, or in the next of which, a visitor came from another country';
COMMENT ON COLUMN gold.country_changes.site IS 'As in gold.sessions';
COMMENT ON COLUMN gold.country_changes.visitor IS 'As in gold.sessions';
COMMENT ON COLUMN gold.country_changes.hour IS 'The earlier hour of event time';
COMMENT ON COLUMN gold.country_changes.changes IS 'Pairs of countries, each of one of its own and another of the same or the next hour';

-- Single events.

CREATE TABLE gold.user_events (
  id              bigint           GENERATED ALWAYS AS IDENTITY,
  site            text COLLATE "C" NOT NULL,
  event_id        text COLLATE "C" NOT NULL,
  user_id         text,
  event_type      text             NOT NULL,
  product_id      text,
  price           numeric(18, 6),
  event_timestamp timestamptz      NOT NULL,
  created_at      timestamptz      NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, event_timestamp)
);
-- A backfill's day is found without reading a year.
CREATE INDEX user_events_time ON gold.user_events USING brin (event_timestamp);
COMMENT ON TABLE gold.user_events IS 'One row for each event, if gold.user-events is on';
COMMENT ON COLUMN gold.user_events.id IS 'Order of insertion; only id and created_at depend on it';
COMMENT ON COLUMN gold.user_events.site IS 'As in gold.sessions';
COMMENT ON COLUMN gold.user_events.event_id IS 'Together with event_timestamp the event''s identity';
COMMENT ON COLUMN gold.user_events.user_id IS 'As the producer gave it';
COMMENT ON COLUMN gold.user_events.event_type IS 'Canonical type';
COMMENT ON COLUMN gold.user_events.product_id IS 'As the producer gave it';
COMMENT ON COLUMN gold.user_events.price IS 'Price of one piece';
COMMENT ON COLUMN gold.user_events.event_timestamp IS 'When it happened';
COMMENT ON COLUMN gold.user_events.created_at IS 'When gold inserted it';

-- Staging: the partial aggregates of each mart, and which attempt of which stage wrote them. The
-- defaults take both from settings of the task's connection, so that the rows themselves are the same
-- on both ways into a merge. Unlogged: what a crash of Postgres loses is staged again.

CREATE UNLOGGED TABLE gold_staging.silver_days (
  day          timestamptz,
  silver_rows  bigint,
  bots         bigint,
  late_dropped bigint,
  newest_event timestamptz,
  newest_kafka timestamptz,
  stage        uuid        DEFAULT current_setting('medallion.stage')::uuid,
  attempt      bigint      DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at    timestamptz DEFAULT now()
);

CREATE UNLOGGED TABLE gold_staging.identities (
  site           text COLLATE "C",
  kind           text,
  id             text COLLATE "C",
  tag            text COLLATE "C",
  tag_hash       uuid,
  seen_with_kind text,
  seen_with      text COLLATE "C",
  day            date,
  half_hours     bigint,
  event_time     timestamptz,
  event_id       text COLLATE "C",
  stage          uuid        DEFAULT current_setting('medallion.stage')::uuid,
  attempt        bigint      DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at      timestamptz DEFAULT now()
);

CREATE UNLOGGED TABLE gold_staging.user_events (
  site            text COLLATE "C",
  event_id        text COLLATE "C",
  user_id         text,
  event_type      text,
  product_id      text,
  price           numeric(18, 6),
  event_timestamp timestamptz,
  stage           uuid        DEFAULT current_setting('medallion.stage')::uuid,
  attempt         bigint      DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at       timestamptz DEFAULT now()
);
