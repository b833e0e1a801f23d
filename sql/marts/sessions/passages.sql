-- The sessions that new events touch, and what they become: kept where one begins as one did before.
CREATE TEMP TABLE IF NOT EXISTS touched_sessions (LIKE gold_staging.sessions) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS merged_sessions (
  LIKE gold_staging.sessions,
  kept boolean
) ON COMMIT DELETE ROWS
