-- Up to when windows are complete. It follows what has been merged, not the wall clock, so that a
-- window is not called complete while a backlog holds events of it. Null before the first event.
CREATE OR REPLACE VIEW gold.watermark WITH (security_invoker = true) AS
SELECT newest_kafka - allowed.lateness AS watermark
FROM gold.ledger
CROSS JOIN (
  SELECT coalesce(
    (SELECT substring(definition FROM 'lateness=(\d+)us')::bigint * interval '1 microsecond'
     FROM gold.definitions WHERE mart = 'page_views'),
    interval '2 minutes') AS lateness
) AS allowed;
COMMENT ON VIEW gold.watermark IS 'Windows that end after it may still change: the newest Kafka time merged less gold.allowed-lateness, or less two minutes where that is unlimited. Earlier windows change by events that are later, by partitions that are behind the others, and by corrections of history'
