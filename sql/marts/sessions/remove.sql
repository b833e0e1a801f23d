-- Every session with an event in the times that are made anew. Where it reaches out of them, the
-- rest of its events are read again: they may be sessions of their own now.
WITH removed AS (
  DELETE FROM gold.sessions AS kept
  USING remade
  WHERE kept.session_start < remade.until AND kept.session_end >= remade.since
  RETURNING kept.site, kept.visitor, kept.session_start, kept.session_end
)
INSERT INTO reread (mart, keys, since, until)
SELECT 'sessions', ARRAY[site, visitor], session_start, session_end + interval '1 microsecond'
FROM removed
WHERE NOT EXISTS (
  SELECT
  FROM remade
  WHERE removed.session_start >= remade.since AND removed.session_end < remade.until)
