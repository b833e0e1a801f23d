-- To windows whose sets are not kept any more nothing can be added: their hours are counted anew from
-- silver, which says what the new rows say.
WITH deferred AS (
  DELETE FROM staged_active_users AS staged
  WHERE hour < current_setting('medallion.user_sets_retained_from')::timestamptz
    AND NOT EXISTS (
      SELECT
      FROM lost_hours
      WHERE lost_hours.hour = staged.hour AND lost_hours.counted_anew)
  RETURNING hour
)
INSERT INTO lost_hours (hour)
SELECT DISTINCT hour
FROM deferred
WHERE hour >= current_setting('medallion.retained_from')::timestamptz
ON CONFLICT DO NOTHING
