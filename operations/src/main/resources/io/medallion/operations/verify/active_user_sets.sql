-- A bit for each window of the hour that the visitor, 128 bits of its SHA-256, is in.
select window_start - pmod(window_start, 3600000000) as hour, visitor,
  bit_or(shiftleft(cast(1 as bigint), cast(pmod(window_start, 3600000000) div 60000000 as int))) as windows
from (
  select explode(sequence(minute - 240000000, minute, 60000000)) as window_start,
    regexp_replace(substring(sha2(visitor, 256), 1, 32),
      '(.{8})(.{4})(.{4})(.{4})(.{12})', '$1-$2-$3-$4-$5') as visitor
  from (select distinct minute, whole_visitor as visitor from counted)
)
group by 1, 2
