-- Converges because a union does. Only sets that grow go on from here.
INSERT INTO touched_active_users (hour, visitor, before, after)
SELECT hour, visitor, coalesce(kept.windows, 0), coalesce(kept.windows, 0) | new.windows
FROM (
  SELECT hour, visitor, bit_or(windows) AS windows
  FROM staged_active_users
  GROUP BY hour, visitor
) AS new
LEFT JOIN gold.active_user_sets AS kept USING (hour, visitor)
WHERE new.windows & ~coalesce(kept.windows, 0) <> 0
