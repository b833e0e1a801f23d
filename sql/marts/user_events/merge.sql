-- Converges because an event has one identity, and silver holds it once.
INSERT INTO gold.user_events (site, event_id, user_id, event_type, product_id, price, event_timestamp)
SELECT site, event_id, user_id, event_type, product_id, price, event_timestamp
FROM staged_user_events
ORDER BY event_id, event_timestamp
ON CONFLICT (event_id, event_timestamp) DO NOTHING
