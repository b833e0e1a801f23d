select 'event ' || event_id || ' of ' || event_time || ': ' || count(*) || ' rows'
from silver
group by event_id, event_time
having count(*) > 1
order by event_time, event_id
