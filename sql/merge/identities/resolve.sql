-- Whose the staged rows are. Events of visitors that are read again come with that.
INSERT INTO resolved_visitors (site, tag, tag_hash, person, person_hash, read_again)
WITH again AS MATERIALIZED (
  SELECT member.site, member.kind, member.id
  FROM moved_visitors
  JOIN member_identities AS member ON member.site = moved_visitors.site AND member.old_person = from_visitor
  WHERE to_visitor IS NULL
)
SELECT site, tag, tag_hash, person, gold.value_hash(person), again.id IS NOT NULL
FROM (
  SELECT DISTINCT site, kind, id, tag, tag_hash
  FROM staged_identities
  WHERE tag IS NOT NULL
) AS staged
LEFT JOIN again USING (site, kind, id)
CROSS JOIN LATERAL (
  SELECT coalesce(
    (SELECT kept.person
     FROM gold.identities AS kept
     WHERE kept.site = staged.site AND kept.id = staged.id AND kept.kind = staged.kind),
    staged.id) AS person
) AS whose
UNION ALL
SELECT site, id, gold.value_hash(id), id, gold.value_hash(id), true
FROM again
WHERE kind = 'user' AND NOT starts_with(id, E'\x01')
