-- Where most events come from.
SELECT country AS name, sum(events) AS count
FROM gold.event_counts
WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '15 minutes'
  AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger)
GROUP BY country
ORDER BY 2 DESC, country
LIMIT 5
