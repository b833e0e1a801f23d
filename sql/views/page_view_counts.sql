-- Page views with both ends of their minute, and whether it may still change.
CREATE OR REPLACE VIEW gold.page_view_counts WITH (security_invoker = true) AS
SELECT
  site,
  page,
  window_start,
  window_start + interval '1 minute' AS window_end,
  views AS view_count,
  window_start + interval '1 minute' > (SELECT watermark FROM gold.watermark) AS may_change
FROM gold.page_views;
COMMENT ON VIEW gold.page_view_counts IS 'gold.page_views with both ends of the minute; may_change while it ends after gold.watermark'
