-- How late events came, as shares; an hour may change while its late events may still come.
CREATE OR REPLACE VIEW gold.lateness_by_hour AS
SELECT
  hour,
  events,
  round(within_10s::numeric / events, 6) AS share_within_10s,
  round(within_1m::numeric / events, 6) AS share_within_1m,
  round(within_2m::numeric / events, 6) AS share_within_2m,
  round(within_10m::numeric / events, 6) AS share_within_10m,
  round(within_1h::numeric / events, 6) AS share_within_1h,
  round(within_1d::numeric / events, 6) AS share_within_1d,
  greatest
FROM gold.lateness;
COMMENT ON VIEW gold.lateness_by_hour IS 'Shares of the events of the hour (event time) that reached Kafka within so long';

CREATE OR REPLACE VIEW gold.lateness_by_day AS
SELECT
  (hour AT TIME ZONE 'UTC')::date AS day,
  sum(events) AS events,
  round(sum(within_10s) / sum(events), 6) AS share_within_10s,
  round(sum(within_1m) / sum(events), 6) AS share_within_1m,
  round(sum(within_2m) / sum(events), 6) AS share_within_2m,
  round(sum(within_10m) / sum(events), 6) AS share_within_10m,
  round(sum(within_1h) / sum(events), 6) AS share_within_1h,
  round(sum(within_1d) / sum(events), 6) AS share_within_1d,
  max(greatest) AS greatest
FROM gold.lateness
GROUP BY 1;
COMMENT ON VIEW gold.lateness_by_day IS 'Shares of the events of the day (event time, UTC) that reached Kafka within so long'
