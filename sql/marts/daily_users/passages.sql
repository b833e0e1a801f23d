-- Days on which a visitor is new to daily_users, or is no more. A merge notes the first day that the
-- visitor had before, null where there was none.
CREATE TEMP TABLE IF NOT EXISTS changed_daily_users (
  site        text COLLATE "C",
  day         date,
  visitor     text COLLATE "C",
  known_since date
) ON COMMIT DELETE ROWS
