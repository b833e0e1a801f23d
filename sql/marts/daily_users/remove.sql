-- The days that are made anew.
WITH removed AS (
  DELETE FROM gold.daily_users AS kept
  USING remade
  WHERE kept.day >= (remade.since AT TIME ZONE 'UTC')::date
    AND kept.day < (remade.until AT TIME ZONE 'UTC')::date
  RETURNING kept.day, kept.visitor
)
INSERT INTO changed_daily_users (day, visitor)
SELECT day, visitor
FROM removed
