-- What makes the views of visitors answer at once over a year.
CREATE TABLE gold.visitors (
  visitor   text COLLATE "C" PRIMARY KEY,
  first_day date NOT NULL
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX visitors_first_day ON gold.visitors (first_day);
COMMENT ON TABLE gold.visitors IS 'When each visitor came first';
COMMENT ON COLUMN gold.visitors.visitor IS 'As in gold.sessions';
COMMENT ON COLUMN gold.visitors.first_day IS 'The first day (UTC) in gold.daily_users';
INSERT INTO gold.visitors SELECT visitor, min(day) FROM gold.daily_users GROUP BY visitor;

CREATE TABLE gold.country_changes (
  visitor text COLLATE "C" NOT NULL,
  hour    timestamptz NOT NULL,
  PRIMARY KEY (visitor, hour)
);
CREATE INDEX country_changes_hour ON gold.country_changes USING brin (hour);
COMMENT ON TABLE gold.country_changes IS 'Where to look for two countries: hours from which, or from the next, a visitor came from another country; some may be left of rows that a backfill removed';
COMMENT ON COLUMN gold.country_changes.visitor IS 'As in gold.sessions';
COMMENT ON COLUMN gold.country_changes.hour IS 'The earlier hour of event time';
INSERT INTO gold.country_changes
SELECT DISTINCT a.visitor, a.hour
FROM gold.visitor_countries AS a
JOIN gold.visitor_countries AS b
  ON b.visitor = a.visitor AND b.country <> a.country
  AND b.hour IN (a.hour, a.hour + interval '1 hour');
