/** Postgres: connections and retries, binary COPY, SQL files and schema migrations. */
package io.medallion.gold.postgres;
