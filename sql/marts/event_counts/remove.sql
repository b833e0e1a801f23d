-- The minutes of the times that are made anew.
DELETE FROM gold.event_counts AS kept
USING remade
WHERE kept.window_start >= remade.since AND kept.window_start < remade.until
