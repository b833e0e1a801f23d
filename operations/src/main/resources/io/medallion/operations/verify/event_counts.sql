select minute as window_start, type_key as event_type, country_key as country, count(*) as events
from counted
group by 1, 2, 3
