CREATE OR REPLACE VIEW gold.active_user_counts WITH (security_invoker = true) AS
SELECT
  site,
  window_start,
  window_start + interval '5 minutes' AS window_end,
  users AS active_users,
  window_start + interval '5 minutes' > (SELECT watermark FROM gold.watermark) AS may_change
FROM gold.active_users;
COMMENT ON VIEW gold.active_user_counts IS 'gold.active_users with both ends of the window; may_change while it ends after gold.watermark'
