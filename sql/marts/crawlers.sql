-- What was left out because a program sent it: events of crawlers by day and kind
--! events: all
SELECT
  site,  -- As events name it, else their topic
  local_date AS day,  -- The day by the clocks of the site
  bot_kind AS kind,  -- search, ai_training, ai_assistant, monitor, library or other, by user agent
  count(*) AS events,  -- Events that they sent
  min(event_time) AS first_seen,  -- Time of the first one
  max(event_time) AS last_seen  -- Time of the last one
FROM silver
WHERE is_bot
GROUP BY ALL
