-- What this program has done to the schema. Runs before the first version.
CREATE SCHEMA IF NOT EXISTS gold;
CREATE TABLE gold.schema_versions (
  version     int PRIMARY KEY,
  file        text NOT NULL,
  migrated_at timestamptz NOT NULL
);
COMMENT ON TABLE gold.schema_versions IS 'The files of sql/schema that have run';
