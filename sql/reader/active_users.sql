-- Distinct visitors of the five minutes up to the newest event.
SELECT sum(active_users)::bigint AS active_users FROM gold.active_now HAVING count(*) > 0
