-- Whose the ids of silver's events are. An anonymous id that was seen with one user id is this user,
-- with two or more nobody's; a session id is the one user that it was seen with, or, seen with none,
-- whose the one anonymous id is that it was seen with. Of session ids those count that some event has
-- for want of a better id.
with anonymous as (
  select site, anonymous, count(distinct user) as users, min(user) as user
  from ids
  where anonymous is not null and user is not null
  group by site, anonymous
),
session_users as (
  select site, session, count(distinct user) as users, min(user) as user
  from ids
  where session is not null and user is not null
  group by site, session
),
session_anonymous as (
  select site, session, count(distinct anonymous) as devices, min(anonymous) as device
  from ids
  where session is not null and user is null and anonymous is not null
  group by site, session
)
select site, 'anonymous' as kind, anonymous as id, if(users = 1, user, null) as person
from anonymous
union all
select coalesce(u.site, a.site), 'session', coalesce(u.session, a.session),
  case when u.users = 1 then u.user
       when u.users is null and devices = 1 then if(d.users = 1, d.user, device) end
from session_users as u
full outer join session_anonymous as a on u.site = a.site and u.session = a.session
left join anonymous as d on d.site = coalesce(u.site, a.site) and d.anonymous = device
where (coalesce(u.site, a.site), coalesce(u.session, a.session)) in (
  select site, session from ids where user is null and anonymous is null and session is not null)
