-- What waits in Kafka, for those who see Postgres alone.
ALTER TABLE gold.flow_seen
  ADD COLUMN waiting bigint,
  ADD COLUMN waiting_seconds double precision,
  ADD COLUMN waiting_at timestamptz;
COMMENT ON COLUMN gold.flow_seen.waiting IS 'Of bronze: records in Kafka that it had not taken at waiting_at; null where it never said';
COMMENT ON COLUMN gold.flow_seen.waiting_seconds IS 'How long the oldest of them had waited';
COMMENT ON COLUMN gold.flow_seen.waiting_at IS 'When bronze looked; it looks every five seconds while it runs and reaches its brokers';
