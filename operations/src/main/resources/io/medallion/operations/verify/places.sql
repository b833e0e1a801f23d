-- How often each position of Kafka stands in each table, and what is said of it there.
select source_epoch, topic, partition, offset,
  sum(b) as bronze_rows, sum(s) as silver_rows, sum(q) as quarantine_rows,
  max(said) as said, max(kept) as kept, max(rules) as rules, max(rules_now) as rules_now,
  max(bytes) as bytes, max(quarantine_bytes) as quarantine_bytes,
  max(commit_seq) as commit_seq, max(id_hash) as id_hash, max(event_micros) as event_micros,
  max(fingerprint) as fingerprint
from (
  select source_epoch, topic, partition, offset, 1 as b, 0 as s, 0 as q,
    if(event_id is null, null, _content) as said, cast(null as bigint) as kept,
    cast(null as string) as rules, _rules as rules_now,
    xxhash64(value is null, value) as bytes, cast(null as bigint) as quarantine_bytes, commit_seq,
    if(event_id is null, null, xxhash64(event_id)) as id_hash,
    unix_micros(event_time) as event_micros, fingerprint
  from judged
  union all
  select source_epoch, topic, partition, offset, 0, 1, 0, null, _content, _rules, null,
    null, null, null, null, null, null
  from silver
  union all
  select source_epoch, topic, partition, offset, 0, 0, 1, null, null, null, null,
    null, xxhash64(value is null, value), null, null, null, null
  from quarantine
)
group by source_epoch, topic, partition, offset
