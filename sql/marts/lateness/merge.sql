-- Converges because sums and maxima do.
INSERT INTO gold.lateness AS kept (
  hour, events, within_10s, within_1m, within_2m, within_10m, within_1h, within_1d, greatest)
SELECT hour, sum(events), sum(within_10s), sum(within_1m), sum(within_2m), sum(within_10m),
  sum(within_1h), sum(within_1d), max(greatest_micros) * interval '1 microsecond'
FROM staged_lateness
GROUP BY hour
ORDER BY hour
ON CONFLICT (hour) DO UPDATE SET
  events = kept.events + excluded.events,
  within_10s = kept.within_10s + excluded.within_10s,
  within_1m = kept.within_1m + excluded.within_1m,
  within_2m = kept.within_2m + excluded.within_2m,
  within_10m = kept.within_10m + excluded.within_10m,
  within_1h = kept.within_1h + excluded.within_1h,
  within_1d = kept.within_1d + excluded.within_1d,
  greatest = greatest(kept.greatest, excluded.greatest)
