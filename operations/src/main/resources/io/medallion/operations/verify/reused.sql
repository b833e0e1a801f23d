-- Ids that events of different times have.
select count(*)
from (
  select id
  from candidates
  group by id
  having count(*) > 1 and min(micros) <> max(micros))
