-- The ids whose events are read again.
SELECT member.site, member.kind, member.id
FROM moved_visitors
JOIN member_identities AS member ON member.site = moved_visitors.site AND member.old_person = from_visitor
WHERE to_visitor IS NULL
