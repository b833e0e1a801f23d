-- Everything that the page shows, as one JSON document from one snapshot. Parameters: the range as an interval back from
-- now, or its first and last day (UTC), or none of them for all time; the width of a bar, or none where that depends on
-- what there is; the site, or none for all of them. Now is the newest event merged, but never ahead of Kafka's clock: a replayed history has its own
-- present, and one event from the future does not move it.
WITH asked AS (
  SELECT CAST(? AS interval) AS range, CAST(? AS date) AS first_day, CAST(? AS date) AS last_day,
    CAST(? AS interval) AS bar, CAST(? AS text) AS site
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
bounds AS (
  SELECT
    CASE
      WHEN first_day IS NOT NULL THEN first_day::timestamp AT TIME ZONE 'UTC'
      WHEN range IS NOT NULL THEN date_bin(w.bar, present, '2000-01-01Z') + w.bar - range
      ELSE date_bin(w.bar, coalesce(oldest, present), '2000-01-01Z')
    END AS first,
    CASE
      WHEN last_day IS NOT NULL THEN (last_day + 1)::timestamp AT TIME ZONE 'UTC'
      ELSE date_bin(w.bar, present, '2000-01-01Z') + w.bar
    END AS last,
    w.bar,
    asked.site AS chosen
  FROM ledger CROSS JOIN asked CROSS JOIN oldest CROSS JOIN width AS w
  WHERE present IS NOT NULL
),
views AS (
  SELECT date_bin(bar, window_start, '2000-01-01Z') AS at, page, sum(views) AS views
  FROM gold.page_views CROSS JOIN bounds
  WHERE window_start >= first AND window_start < last
    AND (chosen IS NULL OR site = chosen)
  GROUP BY 1, 2
),
bars AS (
  SELECT
    bars.at,
    coalesce(v.views, 0) AS views,
    -- Of the five minutes up to the bar's end, or up to the present where the bar is not over.
    coalesce((
      SELECT sum(users)::bigint FROM gold.active_users
      WHERE window_start = date_trunc('minute', least(bars.at + bar - interval '1 minute', present))
        - interval '4 minutes' AND (chosen IS NULL OR site = chosen)), 0) AS users
  FROM bounds
  CROSS JOIN ledger
  CROSS JOIN generate_series(first, last - bar, bar) AS bars(at)
  LEFT JOIN (SELECT at, sum(views) AS views FROM views GROUP BY at) AS v ON v.at = bars.at
),
visits AS (
  -- Nobody's session lasts longer than a day; it keeps the scan within the range.
  SELECT s.*
  FROM gold.sessions AS s CROSS JOIN bounds
  WHERE session_end >= first AND session_start >= first - interval '1 day' AND session_start < last
    AND (chosen IS NULL OR site = chosen)
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
money AS (
  SELECT currency, orders, revenue, row_number() OVER (ORDER BY revenue DESC, currency) AS place
  FROM (
    SELECT currency, sum(orders) AS orders, sum(revenue) AS revenue
    FROM gold.revenue CROSS JOIN bounds
    WHERE window_start >= first AND window_start < last
      AND (chosen IS NULL OR site = chosen)
    GROUP BY currency) AS sums
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
  'bars', (SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM at), views, users) ORDER BY at) FROM bars),
  'page_views', (SELECT coalesce(sum(views), 0) FROM views),
  'active_users', coalesce((
    SELECT sum(users)::bigint FROM gold.active_users CROSS JOIN asked
    WHERE window_start = date_trunc('minute', present) - interval '4 minutes'
      AND (asked.site IS NULL OR active_users.site = asked.site)), 0),
  'site', (SELECT site FROM asked),
  'sites', (
    SELECT coalesce(jsonb_agg(site ORDER BY site), '[]')
    FROM (SELECT DISTINCT site FROM gold.period_users) AS known),
  'sessions', (
    SELECT jsonb_build_object(
      'all', count(*),
      'open', count(*) FILTER (WHERE now() - session_end < gap),
      'closed', count(*) FILTER (WHERE now() - session_end >= gap),
      -- Who bought has passed the steps before, whether they were seen or not: the last step is who converted.
      'viewed', count(*) FILTER (WHERE page_views > 0 OR cart_adds > 0 OR converted),
      'carted', count(*) FILTER (WHERE cart_adds > 0 OR converted),
      'converted', count(*) FILTER (WHERE converted),
      'late_events', coalesce(sum(late_events), 0))
    FROM visits CROSS JOIN gap),
  'revenue', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(currency, orders, round(revenue, 2)::text)
      ORDER BY place), '[]')
    FROM money WHERE place <= 10),
  'other_revenue', (
    SELECT jsonb_build_object('currencies', count(*), 'orders', coalesce(sum(orders), 0))
    FROM money WHERE place > 10),
  'pages', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(page, n) ORDER BY n DESC, page), '[]')
    FROM (SELECT page, sum(views) AS n FROM views GROUP BY page ORDER BY n DESC, page LIMIT 10) AS top),
  'countries', (
    SELECT coalesce(jsonb_agg(jsonb_build_array(country, n) ORDER BY n DESC, country), '[]')
    FROM (
      SELECT country, sum(events) AS n
      FROM gold.event_counts CROSS JOIN bounds
      WHERE window_start >= first AND window_start < last
        AND (chosen IS NULL OR site = chosen)
      GROUP BY country ORDER BY n DESC, country LIMIT 10) AS top),
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
