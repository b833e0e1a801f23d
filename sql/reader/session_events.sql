-- The events that sessions account for: each counted event is in exactly one.
SELECT coalesce(sum(events), 0) AS events
FROM gold.sessions
