-- When they have events.
SELECT own.day - date '1970-01-01', bit_or(own.half_hours)
FROM moved_visitors
JOIN pg_temp.member_days() AS own ON own.site = moved_visitors.site AND own.old_person = from_visitor
WHERE to_visitor IS NULL
GROUP BY own.day
