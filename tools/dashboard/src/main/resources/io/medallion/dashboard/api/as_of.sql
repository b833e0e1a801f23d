-- What a number needs beside it; no row before the first merge.
SELECT json_build_object(
  'silver_version', silver_version,
  'merged_at', merged_at,
  'newest_event', newest_event,
  'newest_kafka', newest_kafka,
  'complete_until', (SELECT watermark FROM gold.watermark),
  'retained_from', retained_from,
  'left_out', json_build_object('bots', bots, 'late_dropped', late_dropped))::text
FROM gold.ledger
