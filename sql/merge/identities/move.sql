-- The rows of a visitor move where all that they are made of becomes one other visitor's; else its
-- events are read again. Only ids with events that are merged already matter.
INSERT INTO changed_identities (site, kind, id, old_person, new_person)
SELECT site, kind, id, old_person, coalesce(person, id)
FROM judged_identities AS judged
WHERE coalesce(person, id) <> old_person
  AND EXISTS (
    SELECT
    FROM gold.identity_days AS own
    WHERE own.site = judged.site AND own.id = judged.id AND own.kind = judged.kind AND own.seen_with_kind = ''
    OFFSET 0);

INSERT INTO member_identities (site, old_person, kind, id)
WITH persons AS MATERIALIZED (
  SELECT DISTINCT site, old_person
  FROM changed_identities
)
SELECT DISTINCT persons.site, old_person, own.kind, own.id
FROM persons
JOIN gold.identity_days AS own
  ON own.site = persons.site AND own.id = old_person AND own.seen_with_kind = ''
LEFT JOIN gold.identities AS kept
  ON kept.site = own.site AND kept.id = own.id AND kept.kind = own.kind
WHERE coalesce(kept.person, own.id) = old_person
UNION
SELECT site, old_person, 'user', old_person
FROM persons
WHERE EXISTS (
  SELECT
  FROM gold.identity_days AS of_user
  WHERE of_user.site = persons.site AND of_user.seen_with = old_person AND of_user.seen_with_kind = 'user'
    AND of_user.kind = 'anonymous'
  OFFSET 0)
UNION
SELECT persons.site, old_person, kept.kind, kept.id
FROM persons
JOIN gold.identities AS kept ON kept.site = persons.site AND kept.person = old_person
WHERE EXISTS (
  SELECT
  FROM gold.identity_days AS own
  WHERE own.site = kept.site AND own.id = kept.id AND own.kind = kept.kind AND own.seen_with_kind = ''
  OFFSET 0);

INSERT INTO moved_visitors (site, from_visitor, to_visitor, from_hash, to_hash)
SELECT site, old_person, becomes, gold.value_hash(old_person), gold.value_hash(becomes)
FROM (
  SELECT member.site, member.old_person,
    CASE WHEN bool_and(new_person IS NOT NULL) AND min(new_person) = max(new_person)
         THEN min(new_person) END AS becomes
  FROM member_identities AS member
  LEFT JOIN changed_identities AS changed USING (site, kind, id)
  GROUP BY member.site, member.old_person
) AS visitors;

INSERT INTO moved_times (site, from_visitor, since, until)
SELECT DISTINCT site, old_person, since, since + interval '30 minutes'
FROM pg_temp.member_days() AS own
CROSS JOIN generate_series(0, 47) AS n
CROSS JOIN LATERAL (
  SELECT (own.day::timestamp AT TIME ZONE 'UTC') + n * interval '30 minutes' AS since
) AS half_hour
WHERE (own.half_hours >> n) & 1 = 1
