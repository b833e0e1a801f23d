CREATE OR REPLACE VIEW gold.active_user_counts AS
SELECT
  window_start,
  window_start + interval '5 minutes' AS window_end,
  users AS active_users,
  window_start + interval '7 minutes' > now() AS may_change
FROM gold.active_users;
COMMENT ON VIEW gold.active_user_counts IS 'gold.active_users with both ends of the window; may_change while events up to two minutes late may still come'
