-- The rule: an id that was seen with one user id is this user; with two it is nobody's. A session id
-- that was seen with no user id is whose the one anonymous id is that it was seen with. Converges
-- because it is a function of the set of pairs, of which the two first of each id are enough.
INSERT INTO judged_identities (
  site, kind, id, old_person, seen_with_kind, seen_with, event_id, event_time, second, second_event_id,
  second_time)
WITH strongest AS (
  -- user is more than anonymous, in the alphabet as well.
  SELECT site, kind, id, max(seen_with_kind COLLATE "C") AS seen_with_kind
  FROM identity_pairs
  GROUP BY site, kind, id
),
firsts AS (
  SELECT DISTINCT ON (id, site, kind, seen_with)
    site, kind, id, seen_with_kind, seen_with, event_time, event_id
  FROM identity_pairs
  JOIN strongest USING (site, kind, id, seen_with_kind)
  ORDER BY id, site, kind, seen_with, event_time, event_id
),
ranked AS (
  SELECT *,
    row_number() OVER (PARTITION BY id, site, kind ORDER BY event_time, event_id, seen_with) AS place
  FROM firsts
)
SELECT again.site, again.kind, again.id, coalesce(kept.person, again.id), first.seen_with_kind, first.seen_with,
  first.event_id, first.event_time, second.seen_with, second.event_id, second.event_time
FROM judged_again AS again
LEFT JOIN ranked AS first
  ON first.site = again.site AND first.kind = again.kind AND first.id = again.id AND first.place = 1
LEFT JOIN ranked AS second
  ON second.site = again.site AND second.kind = again.kind AND second.id = again.id AND second.place = 2
LEFT JOIN gold.identities AS kept
  ON kept.site = again.site AND kept.kind = again.kind AND kept.id = again.id;

-- Sessions of an anonymous id that becomes somebody else's go with it.
INSERT INTO judged_identities (
  site, kind, id, old_person, seen_with_kind, seen_with, event_id, event_time, second, second_event_id,
  second_time)
SELECT kept.site, kept.kind, kept.id, coalesce(kept.person, kept.id), kept.seen_with_kind, kept.seen_with,
  kept.event_id, kept.event_time, kept.second, kept.second_event_id, kept.second_time
FROM judged_identities AS judged
JOIN gold.identities AS kept
  ON kept.site = judged.site AND kept.seen_with_kind = 'anonymous' AND kept.seen_with = judged.id AND kept.second IS NULL
WHERE judged.kind = 'anonymous'
  AND judged.old_person <> CASE WHEN judged.second IS NULL AND judged.seen_with IS NOT NULL
                                THEN judged.seen_with ELSE judged.id END
ON CONFLICT DO NOTHING;

UPDATE judged_identities
SET person = seen_with
WHERE seen_with_kind = 'user' AND second IS NULL;

UPDATE judged_identities AS session
SET person = coalesce(
  (SELECT coalesce(judged.person, judged.id)
   FROM judged_identities AS judged
   WHERE judged.site = session.site AND judged.kind = 'anonymous'
     AND judged.id = session.seen_with),
  (SELECT kept.person
   FROM gold.identities AS kept
   WHERE kept.site = session.site AND kept.kind = 'anonymous' AND kept.id = session.seen_with),
  session.seen_with)
WHERE session.seen_with_kind = 'anonymous' AND session.second IS NULL
