-- Page views with both ends of their minute, and whether the minute may still grow from events on
-- their way; events that are later still are merged all the same.
CREATE OR REPLACE VIEW gold.page_view_counts AS
SELECT
  page,
  window_start,
  window_start + interval '1 minute' AS window_end,
  views AS view_count,
  window_start + interval '3 minutes' > now() AS may_change
FROM gold.page_views;
COMMENT ON VIEW gold.page_view_counts IS 'gold.page_views with both ends of the minute; may_change while events up to two minutes late may still come'
