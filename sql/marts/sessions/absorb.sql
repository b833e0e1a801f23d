-- Touched sessions that now begin earlier or belong to another one: their events are in merged ones.
DELETE FROM gold.sessions AS kept
USING touched_sessions AS touched
WHERE kept.visitor = touched.visitor
  AND kept.session_start = touched.session_start
  AND NOT EXISTS (
    SELECT
    FROM merged_sessions AS merged
    WHERE merged.visitor = touched.visitor AND merged.session_start = touched.session_start)
