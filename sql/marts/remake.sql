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
) ON COMMIT DELETE ROWS
