-- The hours of the times that are made anew.
DELETE FROM gold.visitor_countries AS kept
USING remade
WHERE kept.hour >= remade.since AND kept.hour < remade.until;

DELETE FROM gold.country_changes AS kept
USING remade
WHERE kept.hour >= remade.since AND kept.hour < remade.until
