select visitor, min(day) as first_day
from counted_ever
where :only
group by visitor
