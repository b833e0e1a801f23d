-- What gold's own tables, which no SELECT declares, are made from. Keys over 1,024 bytes are cut as the
-- tables say; a null key is (none). Times are microseconds since 1970.
select
  if(octet_length(event_id) <= 1024, event_id, cut(event_id)) as id,
  if(octet_length(site) <= 1024, site, cut(site)) as site,
  unix_micros(event_time) as t,
  cast(event_time as date) as day,
  event_type as type,
  visitor as whole_visitor,
  user_id,
  product_id,
  price,
  coalesce(is_bot, false) as is_bot,
  coalesce(unix_micros(kafka_timestamp), t) - t as late:lineage
from silver_rows
