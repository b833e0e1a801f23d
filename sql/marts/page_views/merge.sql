-- Converges because sums do: a minute's views are added to, in any order, any number of parts.
INSERT INTO gold.page_views AS kept (window_start, page, views)
SELECT window_start, page, sum(views)
FROM staged_page_views
GROUP BY window_start, page
ORDER BY window_start, page
ON CONFLICT (window_start, page) DO UPDATE SET views = kept.views + excluded.views
