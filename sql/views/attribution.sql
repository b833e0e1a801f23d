-- Which visits purchases are owed to. A purchase's touches are the visitor's sessions that began up to
-- 30 days before the one it was made in, and that one; in hours, as a day's length is the reader's time
-- zone's. Each model gives all of it to one of them, or the same share to each: a purchase is given away
-- whole, once in each model.
CREATE OR REPLACE VIEW gold.attribution_by_day WITH (security_invoker = true) AS
SELECT
  bought.site,
  model,
  bought.local_date AS day,
  touch.channel,
  coalesce(touch.utm_source, touch.referrer_domain) AS source,
  touch.utm_medium AS medium,
  touch.utm_campaign AS campaign,
  bought.currency,
  round(sum(bought.purchases::numeric(58, 20) / shares), 6) AS orders,
  round(sum(bought.revenue::numeric(58, 20) / shares), 6) AS revenue
FROM gold.sessions AS bought
CROSS JOIN LATERAL (
  SELECT
    channel, utm_source, utm_medium, utm_campaign, referrer_domain,
    session_start = min(session_start) OVER () AS is_first,
    session_start = bought.session_start AS is_last,
    session_start = coalesce(
      max(session_start) FILTER (WHERE channel <> 'Direct') OVER (),
      bought.session_start) AS is_last_non_direct,
    count(*) OVER () AS touches
  FROM gold.sessions
  WHERE sessions.site = bought.site
    AND sessions.visitor = bought.visitor
    AND sessions.session_start <= bought.session_start
    AND sessions.session_start >= bought.session_start - interval '720 hours'
) AS touch
CROSS JOIN LATERAL (
  VALUES
    ('first', touch.is_first, 1),
    ('last', touch.is_last, 1),
    ('last_non_direct', touch.is_last_non_direct, 1),
    ('linear', true, touch.touches)
) AS credit (model, is_given, shares)
WHERE bought.converted AND is_given
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
COMMENT ON VIEW gold.attribution_by_day IS 'Purchases of the sessions begun on the day of the site, by the visits that each model owes them to: first, last, last_non_direct or linear, within 30 days'
