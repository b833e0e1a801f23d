select minute as window_start, currency, count(*) as orders,
  cast(sum(amount) as decimal(38, 6)) as revenue
from counted
where type = 'purchase'
group by 1, 2
