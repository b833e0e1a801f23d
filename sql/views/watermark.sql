-- Up to when windows are complete. A pure function of what has been merged, so that a window is not
-- called complete while a backlog holds events of it.
CREATE OR REPLACE VIEW gold.watermark AS
SELECT
  least(newest_kafka, now()) - lateness AS watermark,
  lateness AS after_lateness
FROM gold.ledger
CROSS JOIN (
  SELECT coalesce(
    (SELECT substring(definition FROM 'lateness=(\d+)us')::bigint * interval '1 microsecond'
     FROM gold.definitions WHERE mart = 'page_views'),
    interval '2 minutes') AS lateness
) AS allowed;
COMMENT ON VIEW gold.watermark IS 'Windows that end after it may still change, earlier ones no more: the newest Kafka time merged less gold.allowed-lateness; where that is unlimited, less two minutes, and windows change all the same when an event is later';
