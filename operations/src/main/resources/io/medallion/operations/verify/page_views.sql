select minute as window_start, coalesce(page, '(none)') as page, count(*) as views
from counted
where type = 'page_view'
group by 1, 2
