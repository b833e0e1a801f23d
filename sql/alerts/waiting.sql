-- What waits to be told, by target: how much, since when, and why the last attempt failed.
SELECT target, count(*) AS waiting, min(created_at) AS since,
  (array_agg(error ORDER BY number) FILTER (WHERE error IS NOT NULL))[1] AS error
FROM gold.alert_messages
WHERE sent_at IS NULL
GROUP BY target
ORDER BY target
