-- Who is new on a day is counted where the days are merged. A row for every visitor said it before: a
-- table and two indexes that took every new visitor of a backlog, for what daily_users says, too.

-- A merge of an earlier release may be at work: what it commits is counted, and one that comes to the
-- table later fails as a whole.
LOCK TABLE gold.visitors IN ACCESS EXCLUSIVE MODE;

CREATE TABLE gold.new_users (
  day   date PRIMARY KEY,
  users bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
INSERT INTO gold.new_users SELECT first_day, count(*) FROM gold.visitors GROUP BY first_day;
COMMENT ON TABLE gold.new_users IS 'Distinct visitors that came on the day (UTC) and on none before it';
COMMENT ON COLUMN gold.new_users.day IS 'The day';
COMMENT ON COLUMN gold.new_users.users IS 'How many; a day without a row had none';

-- The view keeps its columns, so that what others built on it stays.
CREATE OR REPLACE VIEW gold.users_by_day AS
SELECT
  today.day,
  today.active,
  coalesce(fresh.users, 0) AS new,
  today.active - coalesce(fresh.users, 0) AS returning
FROM (SELECT day, count(*) AS active FROM gold.daily_users GROUP BY day) AS today
LEFT JOIN gold.new_users AS fresh USING (day);
DROP TABLE gold.visitors;
