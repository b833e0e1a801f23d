-- What the page shows at once, as one JSON document from one snapshot. Parameters: the range as an interval back from
-- now, or its first and last day, or none of them for all time; the width of a bar, or none where that depends on what
-- there is; the zone by whose clocks days begin; what columns have to be, as a JSON object; the zones of sites, as one.
-- Now is the newest event merged, but never ahead of Kafka's clock: a replayed history has its own present, and one
-- event from the future does not move it. The period before is as long, and as far along, as the one that is shown.
WITH asked AS (
  SELECT *,
    filters ->> 'site' AS site,
    jsonb_exists(filters, 'site') AS of_site,
    filters ->> 'page' AS page,
    jsonb_exists(filters, 'page') AS of_page,
    filters - 'site' - 'page' AS of_session
  FROM (
    SELECT CAST(? AS interval) AS range, CAST(? AS date) AS first_day, CAST(? AS date) AS last_day,
      CAST(? AS interval) AS bar, CAST(? AS text) AS zone, CAST(? AS jsonb) AS filters, CAST(? AS jsonb) AS zones
  ) AS parameters
),
ledger AS (
  SELECT *, least(newest_event, newest_kafka) AS present FROM gold.ledger
),
gap AS (
  SELECT coalesce(
    (SELECT substring(definition FROM 'gap=(\d+)us')::bigint * interval '1 microsecond'
     FROM gold.definitions WHERE mart = 'sessions'),
    interval '30 minutes') AS gap
),
oldest AS (
  SELECT least(
    (SELECT min(window_start) FROM gold.page_views),
    (SELECT min(window_start) FROM gold.event_counts)) AS oldest
),
width AS (
  SELECT coalesce(bar, CASE
    WHEN present - oldest < interval '2 days' THEN interval '5 minutes'
    WHEN present - oldest < interval '14 days' THEN interval '1 hour'
    WHEN present - oldest < interval '90 days' THEN interval '6 hours'
    WHEN present - oldest < interval '400 days' THEN interval '1 day'
    ELSE interval '7 days' END) AS bar
  FROM asked CROSS JOIN ledger CROSS JOIN oldest
),
clock AS (
  -- A bar of an hour that is there twice stays two; from six hours on bars are parts of days.
  SELECT w.bar, CASE WHEN w.bar < interval '6 hours' THEN 'UTC' ELSE zone END AS clock
  FROM asked CROSS JOIN width AS w
),
bounds AS (
  SELECT *, last - first AS length, least(last, present + interval '1 microsecond') - (last - first) AS until_before
  FROM (
    SELECT
      CASE
        WHEN first_day IS NOT NULL THEN first_day::timestamp AT TIME ZONE zone
        WHEN range IS NOT NULL
          THEN (date_bin(c.bar, present AT TIME ZONE clock, '2000-01-03') + c.bar - range) AT TIME ZONE clock
        ELSE date_bin(c.bar, coalesce(oldest, present) AT TIME ZONE clock, '2000-01-03') AT TIME ZONE clock
      END AS first,
      CASE
        WHEN last_day IS NOT NULL THEN (last_day + 1)::timestamp AT TIME ZONE zone
        ELSE (date_bin(c.bar, present AT TIME ZONE clock, '2000-01-03') + c.bar) AT TIME ZONE clock
      END AS last,
      c.bar, clock, present,
      range IS NOT NULL OR first_day IS NOT NULL AS has_before
    FROM ledger CROSS JOIN asked CROSS JOIN oldest CROSS JOIN clock AS c
    WHERE present IS NOT NULL
  ) AS found
),
views AS (
  SELECT date_bin(bounds.bar, window_start AT TIME ZONE clock, first AT TIME ZONE clock) AT TIME ZONE clock AS at, sum(views) AS views
  FROM gold.page_views AS v CROSS JOIN bounds CROSS JOIN asked
  WHERE window_start >= first AND window_start < last
    AND (NOT of_site OR v.site = asked.site) AND (NOT of_page OR v.page = asked.page)
  GROUP BY 1
),
views_before AS (
  SELECT
    date_bin(bounds.bar, (window_start + length) AT TIME ZONE clock, first AT TIME ZONE clock) AT TIME ZONE clock AS at,
    sum(views) AS views,
    sum(views) FILTER (WHERE window_start < until_before) AS so_far
  FROM gold.page_views AS v CROSS JOIN bounds CROSS JOIN asked
  WHERE has_before AND window_start >= first - length AND window_start < first
    AND (NOT of_site OR v.site = asked.site) AND (NOT of_page OR v.page = asked.page)
  GROUP BY 1
),
bars AS (
  SELECT
    bars.at,
    coalesce(v.views, 0) AS views,
    -- Of the five minutes up to the bar's end, or up to the present where the bar is not over.
    coalesce((
      SELECT sum(users)::bigint FROM gold.active_users
      WHERE window_start = date_trunc('minute', least(bars.at + bounds.bar - interval '1 minute', present))
        - interval '4 minutes' AND (NOT of_site OR active_users.site = asked.site)), 0) AS users,
    CASE WHEN has_before THEN coalesce(b.views, 0) END AS views_before
  FROM bounds
  CROSS JOIN asked
  CROSS JOIN LATERAL (
    SELECT local AT TIME ZONE clock AS at
    FROM generate_series(first AT TIME ZONE clock, (last AT TIME ZONE clock) - bounds.bar, bounds.bar) AS series(local)
  ) AS bars
  LEFT JOIN views AS v ON v.at = bars.at
  LEFT JOIN views_before AS b ON b.at = bars.at
),
visits AS (
  SELECT s.*, session_start < first AS is_before
  FROM gold.sessions AS s CROSS JOIN bounds CROSS JOIN asked
  WHERE session_start >= CASE WHEN has_before THEN first - length ELSE first END
    AND session_start < last
    AND (session_start >= first OR session_start < until_before)
    AND (NOT of_site OR s.site = asked.site)
    AND (of_session = '{}' OR jsonb_build_object('country', country, 'channel', channel, 'device_class', device_class,
      'utm_campaign', utm_campaign, 'entry_page', entry_page, 'exit_page', exit_page) @> of_session)
),
layers AS (
  -- As of the last merge, or as gold observed them since: whichever has come further.
  SELECT DISTINCT ON (layer) f.*, coalesce(f.committed_at, s.committed_at) AS committed,
    s.waiting, s.waiting_seconds, s.waiting_at
  FROM (
    SELECT layer, position, rows_read, rows_written, duplicates, quarantined, reasons,
      more_events, flags, newest_kafka, committed_at, updated_at AS as_of
    FROM gold.layer_status
    UNION ALL
    SELECT layer, position, rows_read, rows_written, duplicates, quarantined, reasons,
      more_events, flags, newest_kafka, committed_at, observed_at
    FROM gold.observed_layer_status
  ) AS f
  LEFT JOIN gold.observed_layer_status AS s USING (layer)
  ORDER BY layer, rows_read DESC, f.as_of DESC
),
sums AS (
  SELECT
    currency,
    sum(orders) FILTER (WHERE NOT is_before) AS orders,
    sum(revenue) FILTER (WHERE NOT is_before) AS revenue,
    sum(orders) FILTER (WHERE is_before) AS orders_before,
    sum(revenue) FILTER (WHERE is_before) AS revenue_before
  FROM (
    SELECT currency, orders, revenue, window_start < first AS is_before
    FROM gold.revenue CROSS JOIN bounds CROSS JOIN asked
    WHERE of_session = '{}'
      AND window_start >= CASE WHEN has_before THEN first - length ELSE first END
      AND window_start < last
      AND (window_start >= first OR window_start < until_before)
      AND (NOT of_site OR revenue.site = asked.site)
    UNION ALL
    -- What purchases are by minute, only sessions know by what is asked for.
    SELECT currency, purchases, revenue, is_before
    FROM visits CROSS JOIN asked
    WHERE of_session <> '{}' AND converted) AS parts
  GROUP BY currency
),
money AS (
  SELECT *, row_number() OVER (ORDER BY revenue DESC, currency) AS place
  FROM sums
  WHERE orders IS NOT NULL
)
SELECT jsonb_build_object(
  'at', extract(epoch FROM clock_timestamp()),
  'present', extract(epoch FROM present),
  'merged_at', extract(epoch FROM merged_at),
  'newest_kafka', extract(epoch FROM newest_kafka),
  'silver_version', silver_version,
  'bots', bots,
  'late_dropped', late_dropped,
  'first', (SELECT extract(epoch FROM first) FROM bounds),
  'last', (SELECT extract(epoch FROM last) FROM bounds),
  'bar_seconds', (SELECT extract(epoch FROM bar) FROM width),
  'bars', (SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM at), views, users, views_before) ORDER BY at) FROM bars),
  'page_views', (SELECT coalesce(sum(views), 0) FROM views),
  'active_users', coalesce((
    SELECT sum(users)::bigint FROM gold.active_users CROSS JOIN asked
    WHERE window_start = date_trunc('minute', present) - interval '4 minutes'
      AND (NOT of_site OR active_users.site = asked.site)), 0),
  'site', (SELECT site FROM asked),
  'zones', (SELECT zones FROM asked),
  'sites', (
    SELECT coalesce(jsonb_agg(site ORDER BY site), '[]')
    FROM (SELECT DISTINCT site FROM gold.period_users) AS known),
  'sessions', (
    SELECT jsonb_build_object(
      'all', count(*),
      'open', count(*) FILTER (WHERE now() - session_end < gap),
      'closed', count(*) FILTER (WHERE now() - session_end >= gap),
      'converted', count(*) FILTER (WHERE converted),
      'late_events', coalesce(sum(late_events), 0))
    FROM visits CROSS JOIN gap WHERE NOT is_before),
  'before', (
    SELECT jsonb_build_object(
      'first', extract(epoch FROM first - length),
      'last', extract(epoch FROM least(first, until_before)),
      'page_views', (SELECT coalesce(sum(so_far), 0) FROM views_before),
      'active_users', coalesce((
        SELECT sum(users)::bigint FROM gold.active_users CROSS JOIN asked
        WHERE window_start = date_trunc('minute', present - length) - interval '4 minutes'
          AND (NOT of_site OR active_users.site = asked.site)), 0),
      'sessions', (SELECT count(*) FROM visits WHERE is_before),
      'converted', (SELECT count(*) FROM visits WHERE is_before AND converted),
      'late_events', (SELECT coalesce(sum(late_events), 0) FROM visits WHERE is_before),
      'orders', (SELECT coalesce(sum(orders_before), 0) FROM sums))
    FROM bounds WHERE has_before),
  'revenue', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(currency, orders, round(revenue, 2)::text, round(revenue_before, 2)::text)
      ORDER BY place), '[]')
    FROM money WHERE place <= 10),
  'other_revenue', (
    SELECT jsonb_build_object('currencies', count(*), 'orders', coalesce(sum(orders), 0))
    FROM money WHERE place > 10),
  'observed_at', (SELECT extract(epoch FROM max(observed_at)) FROM gold.observed_layer_status),
  'layers', (
    SELECT coalesce(jsonb_object_agg(layer, jsonb_build_object(
      'position', position, 'read', rows_read, 'written', rows_written, 'duplicates', duplicates,
      'quarantined', quarantined, 'more_events', more_events, 'newest_kafka', extract(epoch FROM l.newest_kafka),
      'committed_at', extract(epoch FROM committed), 'waiting', waiting,
      'waiting_seconds', waiting_seconds, 'waiting_at', extract(epoch FROM waiting_at))), '{}')
    FROM layers AS l),
  'filling', (
    SELECT coalesce(jsonb_agg(relname ORDER BY relname), '[]')
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE nspname = 'gold_filling' AND relkind = 'r' AND relname NOT LIKE '%\_\_%'
      AND relname NOT IN ('ledger', 'definitions', 'marts')),
  'refused', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(
      format('%s:%s:%s', file, line_number, column_number), problem, reason, remedy)
      ORDER BY file), '[]')
    FROM gold.refused_marts),
  'reasons', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(code, records::bigint)
      ORDER BY records::bigint DESC, code), '[]')
    FROM layers CROSS JOIN jsonb_each_text(reasons) AS r (code, records)
    WHERE layer = 'silver'),
  'flags', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(flag, events::bigint)
      ORDER BY events::bigint DESC, flag), '[]')
    FROM layers CROSS JOIN jsonb_each_text(flags) AS f (flag, events)
    WHERE layer = 'silver')
)::text
FROM ledger
