-- What was left out because a program sent it: events of crawlers by day and kind
--! events: all
SELECT
  event_date AS day,  -- The day of event time (UTC)
  bot_kind AS kind,  -- search, ai_training, ai_assistant, monitor, library or other, by user agent
  count(*) AS events,  -- Events that they sent
  min(event_time) AS first_seen,  -- Time of the first one
  max(event_time) AS last_seen  -- Time of the last one
FROM silver
WHERE is_bot
GROUP BY ALL
