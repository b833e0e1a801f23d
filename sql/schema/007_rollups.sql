-- What lets the views of sessions and of weeks and months answer at once over a year.
CREATE TABLE gold.session_hours (
  hour           timestamptz PRIMARY KEY,
  sessions       bigint NOT NULL,
  converted      bigint NOT NULL,
  bounced        bigint NOT NULL,
  viewed         bigint NOT NULL,
  carted         bigint NOT NULL,
  purchased      bigint NOT NULL,
  total_duration interval NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE gold.session_hours IS 'gold.sessions by the hour in which they began; moves with every session that grows, joins another or goes';
COMMENT ON COLUMN gold.session_hours.hour IS 'The hour of session_start';
COMMENT ON COLUMN gold.session_hours.sessions IS 'Sessions begun in the hour';
COMMENT ON COLUMN gold.session_hours.converted IS 'Of these, with a purchase';
COMMENT ON COLUMN gold.session_hours.bounced IS 'Of these, of a single event';
COMMENT ON COLUMN gold.session_hours.viewed IS 'Of these, with a page view';
COMMENT ON COLUMN gold.session_hours.carted IS 'Of the viewed, with something put in the cart';
COMMENT ON COLUMN gold.session_hours.purchased IS 'Of the carted, with a purchase';
COMMENT ON COLUMN gold.session_hours.total_duration IS 'Sum of their durations';
INSERT INTO gold.session_hours
SELECT date_bin('1 hour', session_start, timestamptz 'epoch'), count(*),
  count(*) FILTER (WHERE purchases > 0),
  count(*) FILTER (WHERE events = 1),
  count(*) FILTER (WHERE page_views > 0),
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0),
  count(*) FILTER (WHERE page_views > 0 AND cart_adds > 0 AND purchases > 0),
  sum(session_end - session_start)
FROM gold.sessions
GROUP BY 1;

-- Durations of a day are looked up by their start, wherever late sessions lie in the table.
DROP INDEX gold.sessions_start;
CREATE INDEX sessions_start ON gold.sessions (session_start);

CREATE TABLE gold.period_users (
  period    text NOT NULL CHECK (period IN ('week', 'month')),
  first_day date NOT NULL,
  users     bigint NOT NULL,
  PRIMARY KEY (period, first_day)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
COMMENT ON TABLE gold.period_users IS 'gold.daily_users by week and by month (UTC): distinct visitors';
COMMENT ON COLUMN gold.period_users.period IS 'week or month';
COMMENT ON COLUMN gold.period_users.first_day IS 'The Monday that the week begins with, or the first of the month';
COMMENT ON COLUMN gold.period_users.users IS 'Distinct visitors, exact';
INSERT INTO gold.period_users
SELECT period, date_trunc(period, day::timestamp)::date, count(DISTINCT visitor)
FROM gold.daily_users CROSS JOIN (VALUES ('week'), ('month')) AS periods (period)
GROUP BY 1, 2;
