-- The columns of the tables and views that a reader may ask for.
SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'gold' ORDER BY 1, ordinal_position
