-- Weeks begin on Monday. Those that begin in the days looked at are counted to their end.
select site, 'month' as period, trunc(local_date, 'month') as first_day, count(distinct visitor) as users
from counted_ever
where :months
group by 1, 3
union all
select site, 'week', trunc(local_date, 'week'), count(distinct visitor)
from counted_ever
where :months
group by 1, 3
