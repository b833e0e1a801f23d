-- Whose the staged rows are. Events of visitors that are read again come with that.
INSERT INTO resolved_visitors (tag, tag_hash, person, person_hash, read_again)
WITH again AS MATERIALIZED (
  SELECT member.kind, member.id
  FROM moved_visitors
  JOIN member_identities AS member ON member.old_person = from_visitor
  WHERE to_visitor IS NULL
)
SELECT tag, tag_hash, person, gold.value_hash(person), again.id IS NOT NULL
FROM (
  SELECT DISTINCT kind, id, tag, tag_hash
  FROM staged_identities
  WHERE tag IS NOT NULL
) AS staged
LEFT JOIN again USING (kind, id)
CROSS JOIN LATERAL (
  SELECT coalesce(
    (SELECT kept.person
     FROM gold.identities AS kept
     WHERE kept.id = staged.id AND kept.kind = staged.kind),
    staged.id) AS person
) AS whose
UNION ALL
SELECT id, gold.value_hash(id), id, gold.value_hash(id), true
FROM again
WHERE kind = 'user' AND NOT starts_with(id, E'\x01')
