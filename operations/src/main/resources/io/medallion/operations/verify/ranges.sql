-- What bronze holds of each partition.
select source_epoch, topic, partition, count(distinct offset) as offsets,
  min(offset) as first, max(offset) as last
from bronze
group by source_epoch, topic, partition
