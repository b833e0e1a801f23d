-- What silver had read and refused when it was looked at last, unless there is a sample of the last
-- ten seconds.
INSERT INTO gold.quarantine_samples (observed_at, rows_read, quarantined, reasons)
SELECT observed_at, rows_read, quarantined, reasons
FROM gold.observed_layer_status
WHERE layer = 'silver'
  AND observed_at > coalesce((SELECT max(observed_at) FROM gold.quarantine_samples), '-infinity') + interval '10 seconds'
ON CONFLICT DO NOTHING
