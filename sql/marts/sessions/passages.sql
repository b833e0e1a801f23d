-- Parts that are sessions by themselves, as far as hours need them.
CREATE TEMP TABLE IF NOT EXISTS begun_sessions (
  site          text COLLATE "C",
  session_start timestamptz,
  session_end   timestamptz,
  local_date    date,
  events        bigint,
  page_views    bigint,
  cart_adds     bigint,
  purchases     bigint
) ON COMMIT DELETE ROWS;
-- Parts that follow a session, with what that was.
CREATE TEMP TABLE IF NOT EXISTS appended_sessions (
  LIKE gold_staging.sessions,
  kept_start      timestamptz,
  kept_end        timestamptz,
  kept_local_date date,
  kept_events     bigint,
  kept_page_views bigint,
  kept_cart_adds  bigint,
  kept_purchases  bigint
) ON COMMIT DELETE ROWS;
-- The other parts.
CREATE TEMP TABLE IF NOT EXISTS joining_sessions (LIKE gold_staging.sessions) ON COMMIT DELETE ROWS;
-- The sessions that these touch, and what they become: kept where one begins as one did before.
CREATE TEMP TABLE IF NOT EXISTS touched_sessions (LIKE gold_staging.sessions) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS merged_sessions (
  LIKE gold_staging.sessions,
  kept boolean
) ON COMMIT DELETE ROWS
