-- When they have events.
SELECT own.day - date '1970-01-01', bit_or(own.half_hours)
FROM moved_visitors
JOIN member_identities AS member ON member.old_person = from_visitor
JOIN gold.identity_days AS own
  ON own.id = member.id AND own.kind = member.kind AND own.seen_with_kind = ''
WHERE to_visitor IS NULL
GROUP BY own.day
