-- The offsets between two rows of a partition that no row has.
select before + 1 as first, offset - 1 as last
from (
  select offset, lag(offset) over (order by offset) as before
  from one_partition
)
where offset > before + 1
order by offset
limit %d
