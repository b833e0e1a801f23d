-- What a merge makes again: of everybody these times, and of some keys of marts of sessions the whole
-- of those sessions that reach out of them.
CREATE TEMP TABLE remade (
  since timestamptz,
  until timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE reread (
  mart  text,
  keys  text[],
  since timestamptz,
  until timestamptz
) ON COMMIT DELETE ROWS;
-- Windows that new events lie in and whose sets of distinct values are not kept: those that start in
-- these times.
CREATE TEMP TABLE lost_buckets (
  mart          text,
  since         timestamptz,
  until         timestamptz,
  counted_again boolean NOT NULL DEFAULT false,
  PRIMARY KEY (mart, since)
) ON COMMIT DELETE ROWS
