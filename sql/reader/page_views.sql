-- Page views of the five minutes before the newest event, by minute, the newest first.
SELECT window_start, sum(views) AS views
FROM gold.page_views
WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '5 minutes'
  AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger)
GROUP BY window_start
ORDER BY window_start DESC
