-- The sessions that silver makes, by the hour in which they begin.
select site, local_date, session_start - pmod(session_start, 3600000000) as hour,
  count(*) as sessions,
  count_if(purchases > 0) as converted,
  count_if(events = 1) as bounced,
  count_if(page_views > 0) as viewed,
  count_if(page_views > 0 and cart_adds > 0) as carted,
  count_if(page_views > 0 and cart_adds > 0 and purchases > 0) as purchased,
  sum(duration) as total_duration
from (
:sessions
)
group by 1, 2, 3
