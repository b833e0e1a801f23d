select site, id as event_id, t as event_timestamp, user_id, type as event_type, product_id, price
from counted
