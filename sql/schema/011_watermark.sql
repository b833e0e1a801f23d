-- Views are made anew with every version: which windows may still change follows what has been
-- merged and gold.allowed-lateness, not the wall clock.
COMMENT ON COLUMN gold.schema_versions.version IS 'Rises by one with each file';
COMMENT ON COLUMN gold.schema_versions.file IS 'Its name, without the ending';
COMMENT ON COLUMN gold.schema_versions.migrated_at IS 'When it ran';
COMMENT ON COLUMN gold.ledger.one IS 'True: there is a single row';
COMMENT ON COLUMN gold.ledger.merged_at IS 'When the last merge was';
COMMENT ON COLUMN gold.definitions.mart IS 'Name of the mart';
COMMENT ON COLUMN gold.definitions.definition IS 'Its version and the settings that its numbers depend on';
COMMENT ON COLUMN gold.sessions.duration IS 'Time between the first and the last event';
COMMENT ON COLUMN gold.flow.layer IS 'bronze, silver or gold';
COMMENT ON COLUMN gold.flow.position IS 'What it has reached, for people';
COMMENT ON COLUMN gold.flow.rows_read IS 'Rows taken from its source since its table was created';
COMMENT ON COLUMN gold.flow.rows_written IS 'Rows in its table; of gold, the events that count';
COMMENT ON COLUMN gold.flow.duplicates IS 'Of those read, proven duplicates';
COMMENT ON COLUMN gold.flow.quarantined IS 'Of those read, in quarantine';
COMMENT ON COLUMN gold.flow.newest_kafka IS 'The newest Kafka time among them';
COMMENT ON COLUMN gold.flow.updated_at IS 'When gold merged';
