-- Of all rows, also of those that count nowhere else.
select hour, count(*) as events,
  count_if(late <= 10000000) as within_10s,
  count_if(late <= 60000000) as within_1m,
  count_if(late <= 120000000) as within_2m,
  count_if(late <= 600000000) as within_10m,
  count_if(late <= 3600000000) as within_1h,
  count_if(late <= 86400000000) as within_1d,
  max(late) as greatest
from every_event
group by hour
