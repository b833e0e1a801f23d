-- Parts that follow a session, with what that was.
CREATE TEMP TABLE IF NOT EXISTS appended_sessions (
  LIKE gold_staging.sessions,
  kept_start      timestamptz,
  kept_end        timestamptz,
  kept_events     bigint,
  kept_page_views bigint,
  kept_cart_adds  bigint,
  kept_purchases  bigint
) ON COMMIT DELETE ROWS;
-- The sessions that other parts touch, and what they become: kept where one begins as one did before.
CREATE TEMP TABLE IF NOT EXISTS touched_sessions (LIKE gold_staging.sessions) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS merged_sessions (
  LIKE gold_staging.sessions,
  kept boolean
) ON COMMIT DELETE ROWS
