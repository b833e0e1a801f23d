-- Converges because sums and maxima do. A producer's wrong clock must not make all seem fresh for
-- years: no Kafka time is later than now.
INSERT INTO gold.silver_days AS kept
  (day, silver_rows, bots, late_dropped, newest_event, newest_kafka)
SELECT (day AT TIME ZONE 'UTC')::date AS day, sum(silver_rows), sum(bots), sum(late_dropped),
  max(newest_event), least(max(newest_kafka), clock_timestamp())
FROM staged_silver_days
GROUP BY day
ORDER BY day
ON CONFLICT (day) DO UPDATE SET
  silver_rows = kept.silver_rows + excluded.silver_rows,
  bots = kept.bots + excluded.bots,
  late_dropped = kept.late_dropped + excluded.late_dropped,
  newest_event = greatest(kept.newest_event, excluded.newest_event),
  newest_kafka = greatest(kept.newest_kafka, excluded.newest_kafka)
