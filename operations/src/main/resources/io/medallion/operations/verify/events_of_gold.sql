-- What gold reads of silver. Keys over 1,024 bytes are cut as the tables say; a null key is (none).
-- Times are microseconds since 1970.
select
  if(octet_length(event_id) <= 1024, event_id, cut(event_id)) as id,
  unix_micros(event_time) as t,
  t - pmod(t, 60000000) as minute,
  t - pmod(t, 3600000000) as hour,
  cast(event_time as date) as day,
  event_type as type,
  if(octet_length(event_type) <= 1024, event_type, cut(event_type)) as type_key,
  if(coalesce(octet_length(visitor), 0) <= 1024, coalesce(visitor, '(none)'), cut(visitor)) as visitor,
  visitor as whole_visitor,
  user_id,
  if(coalesce(octet_length(page), 0) <= 1024, page, cut(page)) as page,
  product_id,
  if(coalesce(octet_length(product_id), 0) <= 1024, product_id, cut(product_id)) as product,
  price,
  coalesce(price, 0) * coalesce(quantity, 1) as amount,
  if(coalesce(octet_length(currency), 0) <= 1024, coalesce(currency, '(none)'), cut(currency)) as currency,
  country,
  if(coalesce(octet_length(country), 0) <= 1024, coalesce(country, '(none)'), cut(country)) as country_key,
  city,
  struct(
    device_class,
    referrer_medium,
    if(coalesce(octet_length(referrer_domain), 0) <= 1024, referrer_domain, cut(referrer_domain)) as referrer_domain,
    if(coalesce(octet_length(utm_source), 0) <= 1024, utm_source, cut(utm_source)) as utm_source,
    if(coalesce(octet_length(utm_medium), 0) <= 1024, utm_medium, cut(utm_medium)) as utm_medium,
    if(coalesce(octet_length(utm_campaign), 0) <= 1024, utm_campaign, cut(utm_campaign)) as utm_campaign,
    coalesce(channel, 'Direct') as channel) as origin,
  coalesce(is_bot, false) as is_bot,
  coalesce(unix_micros(kafka_timestamp), t) - t as late:lineage
from silver_rows
