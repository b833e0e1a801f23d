-- Events that brought somebody, by hour and channel
SELECT date_trunc('hour', event_time) AS hour, site, channel, count(*) AS arrivals,
  count(DISTINCT visitor) AS visitors
FROM silver WHERE channel IS NOT NULL AND event_type = 'page_view' GROUP BY ALL
