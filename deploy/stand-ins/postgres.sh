#!/bin/bash
# PostgreSQL as its official image starts it: a new database gets its password and runs what lies in docker-entrypoint-initdb.d.
set -eu
data=/var/lib/postgresql/18/docker
if [ "$(id -u)" = 0 ]; then
  chown -R postgres /var/lib/postgresql
  exec gosu postgres "$0"
fi
if [ ! -s "$data/PG_VERSION" ]; then
  mkdir -p "$data"
  initdb -D "$data" -U "$POSTGRES_USER" -E UTF8 -A scram-sha-256 --auth-local=trust --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") > /dev/null
  printf 'host all all all scram-sha-256\n' >> "$data/pg_hba.conf"
  # Without TCP, so that nobody takes it for ready.
  pg_ctl -D "$data" -w -o "-c listen_addresses='' -k /tmp" start > /dev/null
  export PGHOST=/tmp
  psql -q -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE \"$POSTGRES_DB\""
  for script in /docker-entrypoint-initdb.d/*.sh; do
    # shellcheck disable=SC1090
    . "$script"
  done
  pg_ctl -D "$data" -w stop > /dev/null
fi
exec postgres -D "$data" -c listen_addresses='*' -k /tmp
