-- How late events came, and who came from where; housekeeping of the tables that every merge changes.
CREATE TABLE gold.lateness (
  hour       timestamptz PRIMARY KEY,
  events     bigint NOT NULL,
  within_10s bigint NOT NULL,
  within_1m  bigint NOT NULL,
  within_2m  bigint NOT NULL,
  within_10m bigint NOT NULL,
  within_1h  bigint NOT NULL,
  within_1d  bigint NOT NULL,
  greatest   interval NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE gold.lateness IS 'How long after they happened the events of an hour reached Kafka; all of silver''s rows, those left out elsewhere included';
COMMENT ON COLUMN gold.lateness.hour IS 'The hour of event time';
COMMENT ON COLUMN gold.lateness.events IS 'Events of the hour';
COMMENT ON COLUMN gold.lateness.within_10s IS 'Of these, in Kafka at most 10 seconds later';
COMMENT ON COLUMN gold.lateness.within_1m IS 'Of these, in Kafka at most a minute later';
COMMENT ON COLUMN gold.lateness.within_2m IS 'Of these, in Kafka at most two minutes later';
COMMENT ON COLUMN gold.lateness.within_10m IS 'Of these, in Kafka at most ten minutes later';
COMMENT ON COLUMN gold.lateness.within_1h IS 'Of these, in Kafka at most an hour later';
COMMENT ON COLUMN gold.lateness.within_1d IS 'Of these, in Kafka at most a day later';
COMMENT ON COLUMN gold.lateness.greatest IS 'The greatest lateness among them; negative where all were stamped ahead of Kafka''s clock';

CREATE TABLE gold.visitor_countries (
  visitor    text COLLATE "C" NOT NULL,
  hour       timestamptz NOT NULL,
  country    text COLLATE "C" NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen  timestamptz NOT NULL,
  PRIMARY KEY (visitor, hour, country)
) WITH (fillfactor = 70);
CREATE INDEX visitor_countries_hour ON gold.visitor_countries USING brin (hour);
COMMENT ON TABLE gold.visitor_countries IS 'From which countries a visitor came in an hour; events that were not located are not in it';
COMMENT ON COLUMN gold.visitor_countries.visitor IS 'As in gold.sessions';
COMMENT ON COLUMN gold.visitor_countries.hour IS 'The hour of event time';
COMMENT ON COLUMN gold.visitor_countries.country IS 'Country of the address';
COMMENT ON COLUMN gold.visitor_countries.first_seen IS 'The first event of the hour from there';
COMMENT ON COLUMN gold.visitor_countries.last_seen IS 'The last event of the hour from there';

CREATE UNLOGGED TABLE gold_staging.lateness (
  hour            timestamptz,
  events          bigint,
  within_10s      bigint,
  within_1m       bigint,
  within_2m       bigint,
  within_10m      bigint,
  within_1h       bigint,
  within_1d       bigint,
  greatest_micros bigint,
  stage           uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt         bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at       timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.visitor_countries (
  visitor    text COLLATE "C",
  hour       timestamptz,
  country    text COLLATE "C",
  first_seen timestamptz,
  last_seen  timestamptz,
  stage      uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt    bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at  timestamptz DEFAULT now()
);

-- Rows that every merge changes die every second; a fifth of a year's table is too long to wait.
ALTER TABLE gold.ledger SET (autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0, fillfactor = 50);
ALTER TABLE gold.flow SET (autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0, fillfactor = 50);
ALTER TABLE gold.silver_days SET (autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE gold.page_views SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE gold.active_users SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE gold.active_user_sets SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE gold.event_counts SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE gold.revenue SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE gold.sessions SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE gold.lateness SET (autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE gold.visitor_countries SET (autovacuum_vacuum_scale_factor = 0.02);
