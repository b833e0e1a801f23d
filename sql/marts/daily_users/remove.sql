-- The days that are made anew, and the first day of those who had it in them.
DELETE FROM gold.daily_users AS kept
USING remade
WHERE kept.day >= (remade.since AT TIME ZONE 'UTC')::date
  AND kept.day < (remade.until AT TIME ZONE 'UTC')::date;

UPDATE gold.visitors AS kept
SET first_day = (
  SELECT coalesce(min(day), date 'infinity')
  FROM gold.daily_users
  WHERE daily_users.visitor = kept.visitor)
FROM remade
WHERE kept.first_day >= (remade.since AT TIME ZONE 'UTC')::date
  AND kept.first_day < (remade.until AT TIME ZONE 'UTC')::date;

DELETE FROM gold.visitors
WHERE first_day = date 'infinity'
