-- Copies of events, and events that silver lacks or has twice. In the order of bronze (an epoch is no part
-- of it) a record is a copy if silver has an earlier one of its id, no further from it in time than the
-- contract says, as an event; then it is nowhere if such a one has its payload, and in quarantine if
-- none has. By that, record after record, there is only one silver that passes.
with contested as (
  select *, place & 1099511627775 as topic_partition
  from candidates
  where id in (
    select id
    from candidates
    group by id
    having count(*) > 1 or sum(silver_rows) <> 1))
select c.place, c.offset, c.micros, c.silver_rows, c.quarantine_rows, c.bronze_rows,
  count(e.id) as originals, count_if(e.fingerprint = c.fingerprint) as alike
from contested c
left join contested e
  on e.silver_rows > 0 and e.id = c.id and :near
  and struct(e.commit_seq, e.topic_partition, e.offset)
    < struct(c.commit_seq, c.topic_partition, c.offset)
group by c.place, c.offset, c.micros, c.silver_rows, c.quarantine_rows, c.bronze_rows
