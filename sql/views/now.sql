-- What goes on now. Now is the newest event merged, as a replayed history has its own present; or the
-- newest Kafka time, where a clock that is fast has put an event after it.
CREATE OR REPLACE VIEW gold.top_pages_now WITH (security_invoker = true) AS
SELECT site, page, views
FROM (
  SELECT site, page, sum(views) AS views,
    row_number() OVER (PARTITION BY site ORDER BY sum(views) DESC, page) AS place
  FROM gold.page_views
  WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '15 minutes'
    AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger)
  GROUP BY site, page
) AS ranked
WHERE place <= 20
ORDER BY site, views DESC, page;
COMMENT ON VIEW gold.top_pages_now IS 'The 20 most viewed pages of each site in the last 15 minutes; now is the newest event merged, or the newest Kafka time if that is earlier';

CREATE OR REPLACE VIEW gold.top_countries_now WITH (security_invoker = true) AS
SELECT site, country, events
FROM (
  SELECT site, country, sum(events) AS events,
    row_number() OVER (PARTITION BY site ORDER BY sum(events) DESC, country) AS place
  FROM gold.event_counts
  WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '15 minutes'
    AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger)
  GROUP BY site, country
) AS ranked
WHERE place <= 20
ORDER BY site, events DESC, country;
COMMENT ON VIEW gold.top_countries_now IS 'The 20 countries with most events of each site in the last 15 minutes; now as for top_pages_now';

CREATE OR REPLACE VIEW gold.active_now WITH (security_invoker = true) AS
SELECT site, window_start, window_end, active_users
FROM gold.active_user_counts
WHERE window_start > (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '5 minutes'
  AND window_start <= (SELECT least(newest_event, newest_kafka) FROM gold.ledger) - interval '4 minutes';
COMMENT ON VIEW gold.active_now IS 'Distinct visitors of each site in the five minutes up to that of now, as for top_pages_now';

CREATE OR REPLACE VIEW gold.freshness WITH (security_invoker = true) AS
SELECT
  silver_version,
  merged_at,
  newest_event,
  newest_kafka,
  now() - newest_kafka AS behind_kafka,
  silver_rows,
  bots,
  late_dropped,
  retained_from,
  (SELECT coalesce(sum(days.silver_rows), 0)::bigint
   FROM gold.silver_days AS days
   WHERE days.day < (retained_from AT TIME ZONE 'UTC')::date) AS beyond_retention
FROM gold.ledger;
COMMENT ON VIEW gold.freshness IS 'How far the numbers are behind the newest record that Kafka took, and what they leave out: silver rows of crawlers, those beyond gold.allowed-lateness, and those of days before retained_from, where gold.retention keeps only rows by day'
