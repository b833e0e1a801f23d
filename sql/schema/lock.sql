-- One migration at a time. Who may only read this table cannot take this lock, nor hold it up by one
-- that reading takes.
LOCK TABLE gold.schema_versions IN EXCLUSIVE MODE
