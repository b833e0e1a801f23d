select day, count(*) as silver_rows, count_if(out_as_bot) as bots,
  count_if(out_as_late) as late_dropped, max(t) as newest_event
from every_event
group by day
