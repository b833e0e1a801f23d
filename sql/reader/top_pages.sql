-- What is looked at most.
SELECT page AS name, views AS count FROM gold.top_pages_now ORDER BY views DESC, page LIMIT 5
