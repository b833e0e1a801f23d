-- The tables and views that a reader may ask for.
SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'gold' ORDER BY 1
