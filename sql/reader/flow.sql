-- What each layer had done as of the last merge.
SELECT layer, position, rows_read, rows_written, duplicates, quarantined, newest_kafka
FROM gold.flow
ORDER BY layer
