-- The days that are made anew.
DELETE FROM gold.daily_users AS kept
USING remade
WHERE kept.day >= (remade.since AT TIME ZONE 'UTC')::date
  AND kept.day < (remade.until AT TIME ZONE 'UTC')::date
