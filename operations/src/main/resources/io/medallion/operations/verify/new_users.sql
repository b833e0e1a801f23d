select day, count(*) as users
from (
  select visitor, min(day) as day
  from counted_ever
  where :only
  group by visitor
)
group by day
