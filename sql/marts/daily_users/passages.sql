-- Days on which a visitor is new to daily_users, or is no more.
CREATE TEMP TABLE IF NOT EXISTS changed_daily_users (
  day     date,
  visitor text COLLATE "C"
) ON COMMIT DELETE ROWS
