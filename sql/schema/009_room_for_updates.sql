-- A merge of a backlog updates most rows of a page at once: where all of them find room beside their
-- old ones, no index changes.
ALTER TABLE gold.sessions SET (fillfactor = 45);
ALTER TABLE gold.visitor_countries SET (fillfactor = 45);
ALTER TABLE gold.active_user_sets SET (fillfactor = 45);
