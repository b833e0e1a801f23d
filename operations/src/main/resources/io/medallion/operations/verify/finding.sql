-- The first positions that something is wrong with, in words.
select topic || '-' || partition || '@' || offset
  || if(source_epoch = 0, '', ' of epoch ' || source_epoch) || ': ' || %s
from %s
order by source_epoch, topic, partition, offset
