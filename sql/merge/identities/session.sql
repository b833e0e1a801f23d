-- What of a merge says who is who. Ids that are judged again: those that were seen with another.
CREATE TEMP TABLE judged_again (
  site text COLLATE "C",
  kind text,
  id   text COLLATE "C",
  PRIMARY KEY (id, site, kind)
) ON COMMIT DELETE ROWS;
-- What is new in identity_days: known where a row grows.
CREATE TEMP TABLE observed_identities (
  LIKE gold.identity_days,
  known boolean
) ON COMMIT DELETE ROWS;
-- What they were seen with, and the first event of each.
CREATE TEMP TABLE identity_pairs (
  site           text COLLATE "C",
  kind           text,
  id             text COLLATE "C",
  seen_with_kind text,
  seen_with      text COLLATE "C",
  event_time     timestamptz,
  event_id       text COLLATE "C"
) ON COMMIT DELETE ROWS;
-- Whose they are, and whose they were; without seen_with nobody's any more.
CREATE TEMP TABLE judged_identities (
  site            text COLLATE "C",
  kind            text,
  id              text COLLATE "C",
  old_person      text COLLATE "C",
  person          text COLLATE "C",
  seen_with_kind  text,
  seen_with       text COLLATE "C",
  event_id        text COLLATE "C",
  event_time      timestamptz,
  second          text COLLATE "C",
  second_event_id text COLLATE "C",
  second_time     timestamptz,
  PRIMARY KEY (id, site, kind)
) ON COMMIT DELETE ROWS;
-- Ids whose events, of which there are rows, become another visitor's.
CREATE TEMP TABLE changed_identities (
  site       text COLLATE "C",
  kind       text,
  id         text COLLATE "C",
  old_person text COLLATE "C",
  new_person text COLLATE "C"
) ON COMMIT DELETE ROWS;
-- All ids whose events the rows of such a visitor are made of.
CREATE TEMP TABLE member_identities (
  site       text COLLATE "C",
  old_person text COLLATE "C",
  kind       text,
  id         text COLLATE "C"
) ON COMMIT DELETE ROWS;
-- On which days, and when, these ids have events; a user's beside an anonymous id are with that. A
-- function looks its tables up when it is called: a view would keep those that a rebuild replaces.
CREATE FUNCTION pg_temp.member_days()
RETURNS TABLE (site text, old_person text, day date, half_hours bigint)
LANGUAGE sql STABLE
AS $$
  SELECT member.site, member.old_person, own.day, own.half_hours
  FROM member_identities AS member
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
$$;
-- Visitors whose rows become another's; without to_visitor their events are read again from silver.
CREATE TEMP TABLE moved_visitors (
  site         text COLLATE "C",
  from_visitor text COLLATE "C",
  to_visitor   text COLLATE "C",
  from_hash    uuid,
  to_hash      uuid,
  PRIMARY KEY (from_visitor, site)
) ON COMMIT DELETE ROWS;
-- When they had events.
CREATE TEMP TABLE moved_times (
  site         text COLLATE "C",
  from_visitor text COLLATE "C",
  since        timestamptz,
  until        timestamptz
) ON COMMIT DELETE ROWS;
-- The visitors that staged rows have, and whose they are.
CREATE TEMP TABLE resolved_visitors (
  site        text COLLATE "C",
  tag         text COLLATE "C",
  tag_hash    uuid,
  person      text COLLATE "C",
  person_hash uuid,
  read_again  boolean,
  PRIMARY KEY (tag, site)
) ON COMMIT DELETE ROWS
