-- The hours of the times that are made anew.
DELETE FROM gold.lateness AS kept
USING remade
WHERE kept.hour >= remade.since AND kept.hour < remade.until
