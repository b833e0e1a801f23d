-- A made-up fourth version that fails, once it has changed schema and rows.
DROP VIEW gold.freshness;
DELETE FROM gold.new_users;
SELECT 1 / 0;
