-- The events of the times that are made anew.
DELETE FROM gold.user_events AS kept
USING remade
WHERE kept.event_timestamp >= remade.since AND kept.event_timestamp < remade.until
