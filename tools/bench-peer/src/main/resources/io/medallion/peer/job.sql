-- The same topic. What is no JSON is left out, a field that cannot be read is null.
CREATE TABLE records (
  `timestamp` TIMESTAMP_LTZ(6),
  event_type STRING,
  site STRING,
  page STRING,
  product_id STRING,
  user_id STRING,
  anonymous_id STRING,
  session_id STRING,
  -- A record without a time, or of the far future, must not move the watermark.
  event_time AS CAST(CASE WHEN `timestamp` < CURRENT_TIMESTAMP + INTERVAL '1' HOUR THEN `timestamp`
    ELSE TO_TIMESTAMP_LTZ(0, 3) END AS TIMESTAMP_LTZ(3)),
  WATERMARK FOR event_time AS event_time - INTERVAL '1' MINUTE
) WITH (
  'connector' = 'kafka',
  'properties.bootstrap.servers' = '{servers}',
  'properties.group.id' = 'peer',
  'topic' = '{topic}',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = '{bounded}',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE VIEW events AS
SELECT
  COALESCE(site, '{topic}') AS site,
  event_time,
  event_type,
  COALESCE(user_id, anonymous_id, session_id) AS visitor,
  COALESCE(PARSE_URL(page, 'PATH'), 'product:' || product_id, '(none)') AS page
FROM records
WHERE event_time > TO_TIMESTAMP_LTZ(0, 3)
  AND COALESCE(user_id, anonymous_id, session_id) IS NOT NULL;

CREATE TABLE page_views (
  site STRING,
  window_start TIMESTAMP(3),
  page STRING,
  `views` BIGINT,
  PRIMARY KEY (site, window_start, page) NOT ENFORCED
) WITH (
  'connector' = 'jdbc', 'url' = '{url}', 'username' = '{user}', 'password' = '{password}',
  'table-name' = 'flink.page_views', 'sink.buffer-flush.interval' = '200ms', 'sink.buffer-flush.max-rows' = '5000'
);

CREATE TABLE active_users (
  site STRING,
  window_start TIMESTAMP(3),
  `users` BIGINT,
  PRIMARY KEY (site, window_start) NOT ENFORCED
) WITH (
  'connector' = 'jdbc', 'url' = '{url}', 'username' = '{user}', 'password' = '{password}',
  'table-name' = 'flink.active_users', 'sink.buffer-flush.interval' = '200ms', 'sink.buffer-flush.max-rows' = '5000'
);

CREATE TABLE sessions (
  site STRING,
  visitor STRING,
  session_start TIMESTAMP(3),
  events BIGINT,
  PRIMARY KEY (site, visitor, session_start) NOT ENFORCED
) WITH (
  'connector' = 'jdbc', 'url' = '{url}', 'username' = '{user}', 'password' = '{password}',
  'table-name' = 'flink.sessions', 'sink.buffer-flush.interval' = '200ms', 'sink.buffer-flush.max-rows' = '5000'
);

-- Without a window, so that a view is seen at once and a late one as well.
INSERT INTO page_views
SELECT site, FLOOR(CAST(event_time AS TIMESTAMP(3)) TO MINUTE) AS window_start, page, COUNT(*)
FROM events
WHERE event_type = 'page_view'
GROUP BY site, FLOOR(CAST(event_time AS TIMESTAMP(3)) TO MINUTE), page;

INSERT INTO active_users
SELECT site, window_start, COUNT(DISTINCT visitor)
FROM TABLE(HOP(TABLE events, DESCRIPTOR(event_time), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE))
GROUP BY site, window_start, window_end;

INSERT INTO sessions
SELECT site, visitor, window_start, COUNT(*)
FROM TABLE(SESSION(TABLE events PARTITION BY (site, visitor), DESCRIPTOR(event_time), INTERVAL '30' MINUTE))
GROUP BY site, visitor, window_start, window_end;
