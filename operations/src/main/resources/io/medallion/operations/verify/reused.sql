-- Ids that events of different times have.
select count(*)
from (
  select id
  from candidates
  where silver_rows > 0
  group by id
  having min(micros) <> max(micros))
