-- Copies of events, and events that silver lacks or has twice, in the order of bronze: the first of an
-- identity is the event (an epoch is no part of that order), one with its payload is nowhere else, one with another is in quarantine.
select *,
  row_number() over first_first as number,
  first_value(fingerprint) over first_first as first_fingerprint
from candidates
where id in (
  select id
  from candidates
  group by id
  having count(*) > 1 or sum(silver_rows) <> 1)
window first_first as (partition by id, micros order by commit_seq, place & 1099511627775, offset)
