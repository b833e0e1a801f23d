-- Neighbours more than the gap apart begin a session; ties in time are broken by event id.
-- A hash of the visitor comes first, as sorts by numbers are faster than by texts.
with chosen as (
  select *, xxhash64(site, whole_visitor) as visitor_hash,
    type = 'purchase' or (type = 'refund' and price < 0) as paid
  from counted_ever
  where :only
),
ordered as (
  select *,
    t - lag(t) over (partition by visitor_hash, site, whole_visitor order by t, id) as distance
  from chosen
),
numbered as (
  select *,
    count_if(distance > :gap) over (partition by visitor_hash, site, whole_visitor order by t, id
      rows between unbounded preceding and current row) as number
  from ordered
),
whole as (
  select any_value(site) as site, any_value(visitor) as visitor,
    min(struct(t, id, local_date, country, city, origin)) as entry,
    max(t) as session_end,
    count(*) as events,
    count_if(type = 'page_view') as page_views,
    min(struct(t, id, page)) filter (where type = 'page_view' and page is not null) as entry_view,
    max(struct(t, id, page)) filter (where type = 'page_view' and page is not null) as exit_view,
    sort_array(collect_list(struct(t, product)) filter (where product is not null)) as seen,
    count_if(type = 'add_to_cart') as cart_adds,
    count_if(type = 'purchase') as purchases,
    coalesce(sum(amount) filter (where paid), 0) as revenue,
    min(currency) filter (where paid) as first_currency,
    max(currency) filter (where paid) as last_currency,
    count_if(late > 120000000) as late_events
  from numbered
  group by visitor_hash, site, whole_visitor, number
)
select site, visitor, entry.t as session_start, session_end, entry.local_date as local_date, session_end - entry.t as duration, events,
  page_views, entry_view.page as entry_page, exit_view.page as exit_page,
  slice(array_distinct(transform(seen, s -> s.product)), 1, 10) as products,
  cart_adds, purchases, cast(revenue as decimal(38, 6)) as revenue,
  if(first_currency = last_currency, first_currency, if(first_currency is null, null, '(mixed)')) as currency,
  purchases > 0 as converted, entry.country as country, entry.city as city,
  entry.origin.*, late_events,
  entry.id as entry_event_id,
  entry_view.t as entry_page_time, entry_view.id as entry_page_event_id,
  exit_view.t as exit_page_time, exit_view.id as exit_page_event_id,
  transform(products, p -> array_min(transform(filter(seen, s -> s.product = p), s -> s.t))) as product_times
from whole
