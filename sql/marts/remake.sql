-- What a merge makes anew: of all visitors these times, and of some visitors the whole of sessions
-- that reach out of them.
CREATE TEMP TABLE remade (
  since timestamptz,
  until timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE reread (
  visitor text COLLATE "C",
  since   timestamptz,
  until   timestamptz
) ON COMMIT DELETE ROWS;
-- Hours that new events lie in and whose sets of visitors are not kept.
CREATE TEMP TABLE lost_hours (
  hour         timestamptz PRIMARY KEY,
  counted_anew boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS
