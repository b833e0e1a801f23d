-- Every window that an event of the times that are made anew may be in, and its bit in every set.
DELETE FROM gold.active_users AS kept
USING remade
WHERE kept.window_start > remade.since - interval '5 minutes' AND kept.window_start < remade.until;

CREATE TEMP TABLE removed_windows ON COMMIT DROP AS
SELECT
  date_trunc('hour', window_start, 'UTC') AS hour,
  bit_or(1::bigint << (extract(epoch FROM window_start)::bigint / 60 % 60)::int) AS windows
FROM remade,
  generate_series(remade.since - interval '4 minutes', remade.until - interval '1 minute',
    interval '1 minute') AS window_start
GROUP BY 1;

DELETE FROM gold.active_user_sets AS kept
USING removed_windows AS removed
WHERE kept.hour = removed.hour AND kept.windows & ~removed.windows = 0;

UPDATE gold.active_user_sets AS kept
SET windows = kept.windows & ~removed.windows
FROM removed_windows AS removed
WHERE kept.hour = removed.hour AND kept.windows & removed.windows <> 0;

DROP TABLE removed_windows
