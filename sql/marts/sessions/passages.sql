-- Parts that follow a session, with where that begins.
CREATE TEMP TABLE IF NOT EXISTS appended_sessions (
  LIKE gold_staging.sessions,
  kept_start timestamptz
) ON COMMIT DELETE ROWS;
-- The other parts.
CREATE TEMP TABLE IF NOT EXISTS joining_sessions (LIKE gold_staging.sessions) ON COMMIT DELETE ROWS;
-- The sessions that these touch, and what they become: kept where one begins as one did before.
CREATE TEMP TABLE IF NOT EXISTS touched_sessions (LIKE gold_staging.sessions) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS merged_sessions (
  LIKE gold_staging.sessions,
  kept boolean
) ON COMMIT DELETE ROWS
