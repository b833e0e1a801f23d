-- Where sessions begin and end, with what and from where their visitors come. Of a range of days the
-- sessions that began in it are read.
CREATE OR REPLACE VIEW gold.entry_pages_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  entry_page AS page,
  count(*) AS sessions,
  count(*) FILTER (WHERE events = 1) AS bounced,
  count(*) FILTER (WHERE converted) AS converted
FROM gold.sessions
WHERE entry_page IS NOT NULL
GROUP BY 1, 2, 3;
COMMENT ON VIEW gold.entry_pages_by_day IS 'Sessions begun on the day of the site by the page that was viewed first; of these, with a single event, and with a purchase';

CREATE OR REPLACE VIEW gold.exit_pages_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  exit_page AS page,
  count(*) AS sessions,
  count(*) FILTER (WHERE converted) AS converted
FROM gold.sessions
WHERE exit_page IS NOT NULL
GROUP BY 1, 2, 3;
COMMENT ON VIEW gold.exit_pages_by_day IS 'Sessions begun on the day of the site by the page that was viewed last; of these, with a purchase';

CREATE OR REPLACE VIEW gold.channels_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  channel,
  count(*) AS sessions,
  count(*) FILTER (WHERE events = 1) AS bounced,
  count(*) FILTER (WHERE converted) AS converted,
  round(count(*) FILTER (WHERE converted)::numeric / count(*), 6) AS conversion_rate
FROM gold.sessions
GROUP BY 1, 2, 3;
COMMENT ON VIEW gold.channels_by_day IS 'Sessions begun on the day of the site by the channel that they came by; of these, with a single event, and with a purchase';

CREATE OR REPLACE VIEW gold.campaigns_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  utm_source AS source,
  utm_medium AS medium,
  utm_campaign AS campaign,
  count(*) AS sessions,
  count(*) FILTER (WHERE events = 1) AS bounced,
  count(*) FILTER (WHERE converted) AS converted,
  round(count(*) FILTER (WHERE converted)::numeric / count(*), 6) AS conversion_rate
FROM gold.sessions
WHERE utm_source IS NOT NULL OR utm_medium IS NOT NULL OR utm_campaign IS NOT NULL
GROUP BY 1, 2, 3, 4, 5;
COMMENT ON VIEW gold.campaigns_by_day IS 'Sessions begun on the day of the site by the campaign that the address of their first event names; of these, with a single event, and with a purchase';

CREATE OR REPLACE VIEW gold.funnel_by_device_by_day WITH (security_invoker = true) AS
SELECT
  site,
  local_date AS day,
  device_class,
  count(*) AS sessions,
  count(*) FILTER (WHERE page_views > 0) AS viewed,
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0) AS carted,
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0 AND converted) AS purchased
FROM gold.sessions
GROUP BY 1, 2, 3;
COMMENT ON VIEW gold.funnel_by_device_by_day IS 'gold.funnel_by_day by the device class of the session''s first event'
