-- How long after they happened the events of an hour reached Kafka; all rows of silver, including those that no other mart counts
--! events: all
--! retention: none
SELECT
  site,  -- As events name it, else their topic
  date_trunc('hour', event_time) AS hour,  -- The hour of event time
  local_date,  -- The day by the clocks of the site
  count(*) AS events,  -- Events of the hour
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= 10000000) AS within_10s,  -- Of these, in Kafka at most 10 seconds later
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= 60000000) AS within_1m,  -- Of these, in Kafka at most a minute later
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= 120000000) AS within_2m,  -- Of these, in Kafka at most two minutes later
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= 600000000) AS within_10m,  -- Of these, in Kafka at most ten minutes later
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= 3600000000) AS within_1h,  -- Of these, in Kafka at most an hour later
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= 86400000000) AS within_1d,  -- Of these, in Kafka at most a day later
  max(coalesce(kafka_timestamp, event_time) - event_time) AS greatest  -- The greatest lateness among them; negative if all were stamped ahead of Kafka's clock
FROM silver
GROUP BY ALL
