-- How late events came, as shares; an hour may change while its late events may still come.
CREATE OR REPLACE VIEW gold.lateness_by_hour WITH (security_invoker = true) AS
SELECT
  site,
  hour,
  sum(events) AS events,
  round(sum(within_10s) / sum(events), 6) AS share_within_10s,
  round(sum(within_1m) / sum(events), 6) AS share_within_1m,
  round(sum(within_2m) / sum(events), 6) AS share_within_2m,
  round(sum(within_10m) / sum(events), 6) AS share_within_10m,
  round(sum(within_1h) / sum(events), 6) AS share_within_1h,
  round(sum(within_1d) / sum(events), 6) AS share_within_1d,
  max(greatest) AS greatest
FROM gold.lateness
GROUP BY 1, 2;
COMMENT ON VIEW gold.lateness_by_hour IS 'Shares of the events of the hour (event time) that reached Kafka within so long';

CREATE OR REPLACE VIEW gold.lateness_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  sum(events) AS events,
  round(sum(within_10s) / sum(events), 6) AS share_within_10s,
  round(sum(within_1m) / sum(events), 6) AS share_within_1m,
  round(sum(within_2m) / sum(events), 6) AS share_within_2m,
  round(sum(within_10m) / sum(events), 6) AS share_within_10m,
  round(sum(within_1h) / sum(events), 6) AS share_within_1h,
  round(sum(within_1d) / sum(events), 6) AS share_within_1d,
  max(greatest) AS greatest
FROM gold.lateness
GROUP BY 1, 2;
COMMENT ON VIEW gold.lateness_by_day IS 'Shares of the events of the day of the site (event time) that reached Kafka within so long'
