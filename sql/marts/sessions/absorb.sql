-- Touched sessions that now begin earlier or belong to another one: their events are in merged ones.
-- A difference of sets, because an anti-join of two tables without statistics may be planned as a
-- loop in a loop.
DELETE FROM gold.sessions AS kept
USING (
  SELECT site, visitor, session_start
  FROM touched_sessions
  EXCEPT
  SELECT site, visitor, session_start
  FROM merged_sessions
) AS absorbed
WHERE kept.site = absorbed.site
  AND kept.visitor = absorbed.visitor AND kept.session_start = absorbed.session_start
