-- Events that other rules made of a record, or whose record is emptied: their identity is what silver says.
select p.place, p.offset, p.commit_seq, k.id, k.micros, k.fingerprint,
  p.silver_rows, p.quarantine_rows, p.bronze_rows
from of_other_rules p
join (
  select :place as place, :in_partition as offset, xxhash64(event_id) as id, unix_micros(event_time) as micros,
    sealed_today(fingerprint, contract_version) as fingerprint
  from silver
  where not :of_today or ingested_at < timestamp ':first_kept 00:00:00Z') k
on k.place = p.place and k.offset = p.offset
