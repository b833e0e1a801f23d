-- Gold's tables that have rows although there is no ledger, which each merge writes first.
SELECT held.name
FROM (
  SELECT 'definitions' AS name, EXISTS (SELECT FROM gold.definitions) AS any_row
  UNION ALL SELECT 'layer_status', EXISTS (SELECT FROM gold.layer_status)
  UNION ALL SELECT 'silver_days', EXISTS (SELECT FROM gold.silver_days)
  UNION ALL SELECT 'session_hours', EXISTS (SELECT FROM gold.session_hours)
  UNION ALL SELECT 'new_users', EXISTS (SELECT FROM gold.new_users)
  UNION ALL SELECT 'period_users', EXISTS (SELECT FROM gold.period_users)
  UNION ALL SELECT 'country_changes', EXISTS (SELECT FROM gold.country_changes)
  UNION ALL SELECT 'user_events', EXISTS (SELECT FROM gold.user_events)
) AS held
WHERE held.any_row AND NOT EXISTS (SELECT FROM gold.ledger)
ORDER BY 1
