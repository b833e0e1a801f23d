-- What became of silver's rows, by event day: a backfill replaces days, and their counts with them.
CREATE TABLE gold.silver_days (
  day             date PRIMARY KEY,
  silver_rows     bigint NOT NULL,
  bots            bigint NOT NULL,
  beyond_lateness bigint NOT NULL,
  newest_event    timestamptz NOT NULL,
  newest_kafka    timestamptz NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE gold.silver_days IS 'The counts of gold.ledger by event day';
COMMENT ON COLUMN gold.silver_days.day IS 'The day of event time, UTC';
COMMENT ON COLUMN gold.silver_days.silver_rows IS 'Silver rows of the day in the versions merged, those left out included';
COMMENT ON COLUMN gold.silver_days.bots IS 'Of these, left out of the marts because a crawler sent them';
COMMENT ON COLUMN gold.silver_days.beyond_lateness IS 'Of these, left out because they came later than gold.allowed-lateness';
COMMENT ON COLUMN gold.silver_days.newest_event IS 'The newest event time among them';
COMMENT ON COLUMN gold.silver_days.newest_kafka IS 'The newest Kafka time among them, as of when they were merged';

CREATE UNLOGGED TABLE gold_staging.silver_days (
  day             timestamptz,
  silver_rows     bigint,
  bots            bigint,
  beyond_lateness bigint,
  newest_event    timestamptz,
  newest_kafka    timestamptz,
  stage           uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt         bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at       timestamptz DEFAULT now()
);

-- A backfill's day is found without reading a year.
CREATE INDEX user_events_time ON gold.user_events USING brin (event_timestamp);
