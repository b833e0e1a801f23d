-- Distinct visitors of the five minutes up to the newest event.
SELECT active_users FROM gold.active_now
