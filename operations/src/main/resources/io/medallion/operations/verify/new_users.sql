select site, day, count(*) as users
from (
  select site, visitor, min(local_date) as day
  from counted_ever
  where :only
  group by site, visitor
)
group by site, day
