-- Every session with an event in the times that are made anew. Where it reaches out of them, the
-- rest of its events are read again: they may be sessions of their own now.
WITH removed AS (
  DELETE FROM gold.sessions AS kept
  USING remade
  WHERE kept.session_start < remade.until AND kept.session_end >= remade.since
  RETURNING kept.site, kept.visitor, kept.session_start, kept.session_end, kept.local_date, kept.events, kept.page_views,
    kept.cart_adds, kept.purchases
)
INSERT INTO touched_sessions (
  site, visitor, session_start, session_end, local_date, events, page_views, cart_adds, purchases)
SELECT site, visitor, session_start, session_end, local_date, events, page_views, cart_adds, purchases
FROM removed;

INSERT INTO reread (mart, keys, since, until)
SELECT 'sessions', ARRAY[site, visitor], session_start, session_end + interval '1 microsecond'
FROM touched_sessions AS removed
WHERE NOT EXISTS (
  SELECT
  FROM remade
  WHERE removed.session_start >= remade.since AND removed.session_end < remade.until)
