-- On which day an id was seen with which other, and in which half hours there are events that count
-- for it, or, of a pair of an anonymous id and a user, for the user.
with seen as (
  select site, 'user' as kind, user as id, '' as seen_with_kind, '' as seen_with, t, event
  from ids
  where user is not null and anonymous is null
  union all
  select site, 'anonymous', anonymous, if(user is null, '', 'user'), coalesce(user, ''), t, event
  from ids
  where anonymous is not null
  union all
  select site, 'session', session,
    case when user is not null then 'user' when anonymous is not null then 'anonymous' else '' end,
    coalesce(user, anonymous, ''), t, event
  from ids
  where session is not null
)
select site, id, kind, seen_with_kind, seen_with,
  cast(timestamp_micros(t) as date) as day,
  if(kind <> 'session' or seen_with_kind = '', bit_or(shiftleft(1L, cast(pmod(t, 86400000000) div 1800000000 as int))), 0L) as half_hours,
  if(seen_with_kind = '', null, min(struct(t, event)).t) as event_time,
  if(seen_with_kind = '', null, min(struct(t, event)).event) as event_id
from seen
group by site, id, kind, seen_with_kind, seen_with, cast(timestamp_micros(t) as date)
