select site, visitor, hour, country_key as country, min(t) as first_seen, max(t) as last_seen
from counted
where country is not null
group by 1, 2, 3, 4
