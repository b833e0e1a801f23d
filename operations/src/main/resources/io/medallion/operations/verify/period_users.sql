-- Weeks begin on Monday. Those that begin in the days looked at are counted to their end.
select 'month' as period, trunc(day, 'month') as first_day, count(distinct visitor) as users
from counted_ever
where :months
group by 2
union all
select 'week', trunc(day, 'week'), count(distinct visitor)
from counted_ever
where :months
group by 2
