-- Work follows what is new: a visitor is counted in a window when its bit was not set before. Sets that
-- grow by the same windows are counted at once, and only the windows between the first and the last
-- new one are looked at.
INSERT INTO gold.active_users AS kept (window_start, users)
SELECT hour + n * interval '1 minute', sum(visitors)
FROM (
  SELECT hour, added, visitors, added::bit(60)::text AS bits
  FROM (
    SELECT hour, after & ~before AS added, count(*) AS visitors
    FROM touched_active_users
    GROUP BY hour, added
  ) AS alike
) AS grown
CROSS JOIN LATERAL generate_series(60 - length(rtrim(bits, '0')), 60 - position('1' IN bits)) AS n
WHERE (added >> n) & 1 = 1
GROUP BY hour, n
ORDER BY hour, n
ON CONFLICT (window_start) DO UPDATE SET users = kept.users + excluded.users
