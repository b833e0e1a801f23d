-- Which migrations have run. Runs before the first of them.
CREATE SCHEMA IF NOT EXISTS gold;
CREATE TABLE gold.schema_versions (
  version     int         PRIMARY KEY,
  file        text        NOT NULL,
  migrated_at timestamptz NOT NULL
);
COMMENT ON TABLE gold.schema_versions IS 'The files of sql/schema that have run';
COMMENT ON COLUMN gold.schema_versions.version IS 'Increases by one with each file';
COMMENT ON COLUMN gold.schema_versions.file IS 'Its name, without the extension';
COMMENT ON COLUMN gold.schema_versions.migrated_at IS 'When it ran';
