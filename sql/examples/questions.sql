-- Questions that gold answers; run with psql as medallion_reader.

-- How fresh are the numbers?
SELECT merged_at, newest_event, behind_kafka FROM gold.freshness;

-- What are people looking at?
SELECT site, page, views FROM gold.top_pages_now;

-- How many are here?
SELECT site, window_start, active_users FROM gold.active_now;

-- How many sessions are open, and how many ended?
SELECT open, count(*) FROM gold.user_sessions GROUP BY open;

-- How did this week convert?
SELECT site, day, sessions, converted, conversion_rate
FROM gold.conversion_by_day
WHERE day >= current_date - 7
ORDER BY site, day;

-- Where do people leave?
SELECT site, day, sessions, viewed, carted, purchased FROM gold.funnel_by_day ORDER BY day DESC LIMIT 7;

-- What did we earn today, by currency?
SELECT site, currency, orders, revenue, average_order_value
FROM gold.order_value_by_day
WHERE day = (now() AT TIME ZONE 'UTC')::date;

-- Does everything add up? Zero, unless gold.retention has dropped old sessions.
SELECT silver_rows - bots - late_dropped - (SELECT coalesce(sum(events), 0) FROM gold.sessions) AS missing
FROM gold.ledger;
