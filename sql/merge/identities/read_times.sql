-- When they have events.
SELECT own.day - date '1970-01-01', bit_or(own.half_hours)
FROM moved_visitors
JOIN member_identities AS member ON member.site = moved_visitors.site AND member.old_person = from_visitor
CROSS JOIN LATERAL (
  SELECT day, half_hours
  FROM gold.identity_days AS of_id
  WHERE of_id.site = member.site AND of_id.id = member.id AND of_id.kind = member.kind AND of_id.seen_with_kind = ''
  UNION ALL
  SELECT day, half_hours
  FROM gold.identity_days AS of_user
  WHERE member.kind = 'user' AND of_user.site = member.site AND of_user.seen_with = member.id
    AND of_user.seen_with_kind = 'user' AND of_user.kind = 'anonymous'
) AS own
WHERE to_visitor IS NULL
GROUP BY own.day
