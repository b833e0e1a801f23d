-- Visits: a visitor's events with at most gold.session-gap between neighbours (exactly the gap still joins). A late event may extend, bridge or create one
--! index: local_date
SELECT
  site,  -- As events name it, else their topic. Over 1,024 bytes: its beginning, # and its SHA-256
  visitor,  -- User id, else anonymous id, else session id of the producer. Over 1,024 bytes: its beginning, # and its SHA-256
  session_window(event_time, session_gap()).start AS session_start,  -- Time of the first event
  max(event_time) AS session_end,  -- Time of the last event
  min_by(local_date, struct(event_time, event_id)) AS local_date,  -- The day of the first event by the clocks of the site
  max(event_time) - min(event_time) AS duration,  -- Time between the first and the last event
  count(*) AS events,  -- Events of any type
  count_if(event_type = 'page_view') AS page_views,  -- Events of type page_view
  min_by(page, struct(event_time, event_id)) FILTER (WHERE event_type = 'page_view' AND page IS NOT NULL) AS entry_page,  -- Page of the first page view that names one; ties by event id
  max_by(page, struct(event_time, event_id)) FILTER (WHERE event_type = 'page_view' AND page IS NOT NULL) AS exit_page,  -- Page of the last page view that names one; ties by event id
  first_distinct(product_id, 10) AS products,  -- The first ten distinct products of its events, by the time of each one's first event, then by product
  count_if(event_type = 'add_to_cart') AS cart_adds,  -- Events of type add_to_cart
  count_if(event_type = 'purchase') AS purchases,  -- Events of type purchase
  sum(CASE WHEN event_type = 'purchase' OR (event_type = 'refund' AND price < 0) THEN coalesce(price, 0) * coalesce(quantity, 1) ELSE 0 END) AS revenue,  -- Sum of price x quantity (1 if absent) of its purchases, less refunds, in currency; if that is (mixed), amounts of different currencies are added without conversion
  CASE
    WHEN min(coalesce(currency, '(none)')) FILTER (WHERE event_type = 'purchase' OR (event_type = 'refund' AND price < 0))
      = max(coalesce(currency, '(none)')) FILTER (WHERE event_type = 'purchase' OR (event_type = 'refund' AND price < 0))
      THEN min(coalesce(currency, '(none)')) FILTER (WHERE event_type = 'purchase' OR (event_type = 'refund' AND price < 0))
    WHEN min(coalesce(currency, '(none)')) FILTER (WHERE event_type = 'purchase' OR (event_type = 'refund' AND price < 0)) IS NOT NULL
      THEN '(mixed)' END AS currency,  -- Currency of all its purchases; (mixed) if they differ, (none) if they name none, null without a purchase
  count_if(event_type = 'purchase') > 0 AS converted,  -- Whether it has a purchase
  min_by(country, struct(event_time, event_id)) AS country,  -- Country of its first event
  min_by(city, struct(event_time, event_id)) AS city,  -- City of its first event
  min_by(device_class, struct(event_time, event_id)) AS device_class,  -- Device class of its first event
  min_by(referrer_medium, struct(event_time, event_id)) AS referrer_medium,  -- What kind of place its first event's referrer is: direct, internal, search, social or other
  min_by(referrer_domain, struct(event_time, event_id)) AS referrer_domain,  -- Host of its first event's referrer
  min_by(utm_source, struct(event_time, event_id)) AS utm_source,  -- Campaign source that its first event's address names
  min_by(utm_medium, struct(event_time, event_id)) AS utm_medium,  -- Campaign medium that its first event's address names
  min_by(utm_campaign, struct(event_time, event_id)) AS utm_campaign,  -- Campaign that its first event's address names
  min_by(coalesce(channel, 'Direct'), struct(event_time, event_id)) AS channel,  -- Channel of its first event; Direct where that is a step within the site
  count_if(unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) > 120000000) AS late_events  -- Events that reached Kafka more than two minutes after they happened
FROM silver
GROUP BY site, visitor, session_window(event_time, session_gap())
