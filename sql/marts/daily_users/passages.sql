-- Days on which a visitor is new to daily_users, or is no more, and whether it came before.
CREATE TEMP TABLE IF NOT EXISTS changed_daily_users (
  day     date,
  visitor text COLLATE "C",
  known   boolean
) ON COMMIT DELETE ROWS
