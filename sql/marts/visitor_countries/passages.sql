-- What a merge writes: cells that are new, and those that are known but not from so early or so late.
CREATE TEMP TABLE IF NOT EXISTS touched_visitor_countries (
  site       text COLLATE "C",
  visitor    text COLLATE "C",
  hour       timestamptz,
  country    text COLLATE "C",
  first_seen timestamptz,
  last_seen  timestamptz,
  known      boolean
) ON COMMIT DELETE ROWS
