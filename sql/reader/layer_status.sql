-- What each layer had done as of the last merge.
SELECT layer, position, rows_read, rows_written, duplicates, quarantined, more_events, newest_kafka, committed_at,
  ARRAY(SELECT key FROM jsonb_each_text(reasons) ORDER BY key) AS codes,
  ARRAY(SELECT value::bigint FROM jsonb_each_text(reasons) ORDER BY key) AS records,
  ARRAY(SELECT key FROM jsonb_each_text(flags) ORDER BY key) AS flags,
  ARRAY(SELECT value::bigint FROM jsonb_each_text(flags) ORDER BY key) AS flagged
FROM gold.layer_status
ORDER BY layer
