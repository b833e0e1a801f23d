-- Converges because sums do: a minute's views are added to, in any order, any number of parts.
MERGE INTO gold.page_views AS kept
USING (
  SELECT window_start, page, sum(views) AS views
  FROM staged_page_views
  GROUP BY window_start, page
  ORDER BY window_start, page
) AS new
ON kept.window_start = new.window_start AND kept.page = new.page
WHEN MATCHED THEN
  UPDATE SET views = kept.views + new.views
WHEN NOT MATCHED THEN
  INSERT (window_start, page, views)
  VALUES (new.window_start, new.page, new.views)
