-- A made-up third version, which changes what the second has made.
ALTER TABLE gold.visited_days ADD COLUMN first_day date;
UPDATE gold.visited_days AS visited
SET first_day = (SELECT min(day) FROM gold.new_users AS users WHERE users.site = visited.site);
