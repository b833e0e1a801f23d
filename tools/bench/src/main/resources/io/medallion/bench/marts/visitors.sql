-- Each visitor, over all time
SELECT site, visitor, count(*) AS events, min(event_time) AS first_seen, max(event_time) AS last_seen,
  max_by(page, struct(event_time, event_id)) AS last_page
FROM silver GROUP BY ALL
