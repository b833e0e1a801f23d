#!/bin/sh
# Makes gold's three roles when the database is new. Passwords come from the environment and are no arguments.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv writer_password WRITER_PASSWORD
\getenv reader_password READER_PASSWORD
\i /sql/roles/roles.sql
SQL
