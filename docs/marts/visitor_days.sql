-- What a visitor did on a day, and where the last visit from outside came from
SELECT
  site,
  visitor,
  local_date AS day,
  max_by(coalesce(utm_campaign, referrer_domain), struct(event_time, event_id))
    FILTER (WHERE utm_campaign IS NOT NULL OR referrer_medium NOT IN ('direct', 'internal')) AS last_touch,  -- The campaign, or the domain that referred
  count_if(event_type = 'purchase') AS orders,
  sum(coalesce(price, 0) * coalesce(quantity, 1)) FILTER (WHERE event_type = 'purchase') AS revenue
FROM silver
GROUP BY ALL
