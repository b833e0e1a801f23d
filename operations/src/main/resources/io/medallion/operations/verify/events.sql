-- An event is its id and its time.
select coalesce(sum(rows), 0), coalesce(sum(rows - times), 0), count_if(times > 1)
from (
  select event_id, count(*) as rows, count(distinct event_time) as times
  from silver
  group by event_id
)
