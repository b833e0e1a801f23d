-- The other marts by minute, in the same way as page_view_counts.
CREATE OR REPLACE VIEW gold.event_counts_by_minute WITH (security_invoker = true) AS
SELECT
  site,
  window_start,
  window_start + interval '1 minute' AS window_end,
  event_type,
  country,
  events,
  window_start + interval '1 minute' > (SELECT watermark FROM gold.watermark) AS may_change
FROM gold.event_counts;
COMMENT ON VIEW gold.event_counts_by_minute IS 'gold.event_counts with both ends of the minute; may_change while it ends after gold.watermark';

CREATE OR REPLACE VIEW gold.revenue_by_minute WITH (security_invoker = true) AS
SELECT
  site,
  window_start,
  window_start + interval '1 minute' AS window_end,
  local_date,
  currency,
  orders,
  revenue,
  window_start + interval '1 minute' > (SELECT watermark FROM gold.watermark) AS may_change
FROM gold.revenue;
COMMENT ON VIEW gold.revenue_by_minute IS 'gold.revenue with both ends of the minute; may_change while it ends after gold.watermark'
