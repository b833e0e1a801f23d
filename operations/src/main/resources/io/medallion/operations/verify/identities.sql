-- Each id that was seen with another: whose it is, and the first event with each of the first two.
with pairs as (
  select site, 'anonymous' as kind, anonymous as id, 'user' as seen_with_kind, user as other, t, event
  from ids
  where anonymous is not null and user is not null
  union all
  select site, 'session', session, if(user is not null, 'user', 'anonymous'), coalesce(user, anonymous), t, event
  from ids
  where session is not null and (user is not null or anonymous is not null)
),
firsts as (
  select site, kind, id, seen_with_kind, other, min(struct(t, event)) as first
  from pairs
  group by site, kind, id, seen_with_kind, other
),
numbered as (
  select *,
    max(seen_with_kind) over (partition by site, kind, id) as strongest,
    row_number() over (partition by site, kind, id, seen_with_kind order by first, other) as n
  from firsts
)
select n.site, n.id, n.kind, p.person, any_value(seen_with_kind) as seen_with_kind,
  min(other) filter (where n = 1) as seen_with,
  min(first.event) filter (where n = 1) as event_id,
  min(first.t) filter (where n = 1) as event_time,
  min(other) filter (where n = 2) as second,
  min(first.event) filter (where n = 2) as second_event_id,
  min(first.t) filter (where n = 2) as second_time
from numbered as n
join people as p on p.site = n.site and p.kind = n.kind and p.id = n.id
where seen_with_kind = strongest
group by n.site, n.kind, n.id, p.person
