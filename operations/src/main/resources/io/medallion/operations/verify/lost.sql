-- Rows in neither table are duplicates only if silver holds the same event from before them.
select topic || '-' || partition || '@' || offset
  || if(source_epoch = 0, '', ' of epoch ' || source_epoch)
  || ': in neither silver nor quarantine, and no copy of an earlier event'
from places p
where bronze_rows > 0 and silver_rows + quarantine_rows = 0
  and not exists (
    select 1
    from silver s
    where xxhash64(s.event_id) = p.id_hash
      and unix_micros(s.event_time) = p.event_micros
      and s.fingerprint = p.fingerprint
      and struct(s.commit_seq, s.topic, s.partition, s.offset)
        < struct(p.commit_seq, p.topic, p.partition, p.offset))
order by source_epoch, topic, partition, offset
