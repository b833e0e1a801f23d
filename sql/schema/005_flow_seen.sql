-- What stands between the layers is to be seen also while nothing is merged.
ALTER TABLE gold.flow
  ADD COLUMN committed_at timestamptz,
  ADD COLUMN reasons jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN gold.flow.committed_at IS 'When the layer last wrote, as of the last merge; null where that is not known';
COMMENT ON COLUMN gold.flow.reasons IS 'Its records in quarantine by the code of their first reason';

CREATE TABLE gold.flow_seen (
  layer        text PRIMARY KEY,
  position     text,
  rows_read    bigint NOT NULL,
  rows_written bigint NOT NULL,
  duplicates   bigint NOT NULL,
  quarantined  bigint NOT NULL,
  newest_kafka timestamptz,
  committed_at timestamptz,
  reasons      jsonb NOT NULL,
  updated_at   timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE gold.flow_seen IS 'What bronze and silver have done, as gold saw it last, merged or not; it looks every five seconds while it runs';
COMMENT ON COLUMN gold.flow_seen.layer IS 'bronze or silver';
COMMENT ON COLUMN gold.flow_seen.position IS 'What it has reached, for people';
COMMENT ON COLUMN gold.flow_seen.rows_read IS 'Rows taken from its source since its table was created';
COMMENT ON COLUMN gold.flow_seen.rows_written IS 'Rows in its table';
COMMENT ON COLUMN gold.flow_seen.duplicates IS 'Of those read, proven duplicates';
COMMENT ON COLUMN gold.flow_seen.quarantined IS 'Of those read, in quarantine';
COMMENT ON COLUMN gold.flow_seen.newest_kafka IS 'The newest Kafka time among them';
COMMENT ON COLUMN gold.flow_seen.committed_at IS 'When the layer last wrote';
COMMENT ON COLUMN gold.flow_seen.reasons IS 'Its records in quarantine by the code of their first reason';
COMMENT ON COLUMN gold.flow_seen.updated_at IS 'When gold looked';
