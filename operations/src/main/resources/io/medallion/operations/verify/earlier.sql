-- Events of silver that are proven already, of ids that are looked at: what came later is a copy of one, or of none.
select :place as place, :in_partition as offset, commit_seq, xxhash64(event_id) as id, unix_micros(event_time) as micros,
  sealed_today(fingerprint, contract_version) as fingerprint,
  1L as silver_rows, 0L as quarantine_rows, 1L as bronze_rows
from silver_proven
where xxhash64(event_id) in (select id from derived)
