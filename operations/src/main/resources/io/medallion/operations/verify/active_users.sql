-- An event lies in the five windows that begin up to four minutes before its own minute.
select window_start, count(distinct visitor) as users
from (
  select explode(sequence(minute - 240000000, minute, 60000000)) as window_start, visitor
  from (select distinct minute, whole_visitor as visitor from counted)
)
group by window_start
