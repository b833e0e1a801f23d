-- Empties the hours that silver's rows are about to fill again.
UPDATE lost_hours
SET counted_anew = true;

DELETE FROM gold.active_users AS kept
USING lost_hours AS lost
WHERE kept.window_start >= lost.hour AND kept.window_start < lost.hour + interval '1 hour'
