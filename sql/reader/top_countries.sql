-- Where most events come from.
SELECT country AS name, events AS count FROM gold.top_countries_now ORDER BY events DESC, country LIMIT 5
