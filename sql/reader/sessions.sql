-- Open and closed sessions, and those with a purchase.
SELECT
  count(*) FILTER (WHERE open) AS open,
  count(*) FILTER (WHERE NOT open) AS closed,
  count(*) FILTER (WHERE converted) AS converted
FROM gold.user_sessions
