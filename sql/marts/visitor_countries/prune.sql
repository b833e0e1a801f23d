-- The hours that are older than gold keeps them.
DELETE FROM gold.visitor_countries
WHERE hour < current_setting('medallion.retained_from')::timestamptz;

DELETE FROM gold.country_changes
WHERE hour < current_setting('medallion.retained_from')::timestamptz
