-- Gold: the numbers, what they were made from, and where their rows wait to be merged.
CREATE SCHEMA IF NOT EXISTS gold;
CREATE SCHEMA IF NOT EXISTS gold_staging;
COMMENT ON SCHEMA gold IS 'Numbers of the clickstream, live and right: each table equals a batch computation over silver at the ledger''s version';
COMMENT ON SCHEMA gold_staging IS 'Partial aggregates on their way into gold, too many to go through the driver; not for readers';

CREATE TABLE gold.ledger (
  one             boolean PRIMARY KEY DEFAULT true CHECK (one),
  silver_table    text        NOT NULL,
  silver_version  bigint      NOT NULL,
  silver_rows     bigint      NOT NULL,
  bots            bigint      NOT NULL,
  beyond_lateness bigint      NOT NULL,
  newest_event    timestamptz,
  newest_kafka    timestamptz,
  merged_at       timestamptz NOT NULL
);
COMMENT ON TABLE gold.ledger IS 'How far gold has consumed silver. Moves in the transaction of each merge, by compare-and-set, so that no batch is in twice';
COMMENT ON COLUMN gold.ledger.silver_table IS 'Id of the silver table that gold is made from';
COMMENT ON COLUMN gold.ledger.silver_version IS 'The last version of silver that is merged, whole';
COMMENT ON COLUMN gold.ledger.silver_rows IS 'Silver rows in the versions merged, those left out included';
COMMENT ON COLUMN gold.ledger.bots IS 'Of these, left out of the marts because a crawler sent them';
COMMENT ON COLUMN gold.ledger.beyond_lateness IS 'Of these, left out because they came later than gold.allowed-lateness';
COMMENT ON COLUMN gold.ledger.newest_event IS 'The newest event time merged';
COMMENT ON COLUMN gold.ledger.newest_kafka IS 'The newest Kafka time merged; now() less this is the freshness of the numbers';

CREATE TABLE gold.definitions (
  mart       text PRIMARY KEY,
  definition text NOT NULL
);
COMMENT ON TABLE gold.definitions IS 'What each mart''s rows were made with; a merge with another definition is refused';

CREATE TABLE gold.flow (
  layer        text PRIMARY KEY,
  position     text,
  rows_read    bigint NOT NULL,
  rows_written bigint NOT NULL,
  duplicates   bigint NOT NULL,
  quarantined  bigint NOT NULL,
  newest_kafka timestamptz,
  updated_at   timestamptz NOT NULL
);
COMMENT ON TABLE gold.flow IS 'What each layer has done since its table was created, as of the last merge';

CREATE TABLE gold.page_views (
  window_start timestamptz NOT NULL,
  page         text COLLATE "C" NOT NULL,
  views        bigint NOT NULL,
  PRIMARY KEY (window_start, page)
);
COMMENT ON TABLE gold.page_views IS 'Page views by minute of event time and page';
COMMENT ON COLUMN gold.page_views.window_start IS 'The minute; it ends before the next one starts';
COMMENT ON COLUMN gold.page_views.page IS 'The path of the page; product:<id> for a product view without a page; (none) without either. Over 1,024 bytes: its beginning, # and its SHA-256';
COMMENT ON COLUMN gold.page_views.views IS 'Events of type page_view';

CREATE TABLE gold.active_users (
  window_start timestamptz PRIMARY KEY,
  users        bigint NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE gold.active_users IS 'Distinct visitors with any event in the five minutes from window_start on; a window starts every minute';
COMMENT ON COLUMN gold.active_users.window_start IS 'Start of the window; it ends five minutes later, exclusive';
COMMENT ON COLUMN gold.active_users.users IS 'Distinct visitors, exact';

CREATE TABLE gold.active_user_sets (
  hour    timestamptz NOT NULL,
  visitor uuid   NOT NULL,
  windows bigint NOT NULL,
  PRIMARY KEY (hour, visitor)
) WITH (fillfactor = 70);
COMMENT ON TABLE gold.active_user_sets IS 'The sets behind active_users: which of an hour''s 60 windows each visitor is in';
COMMENT ON COLUMN gold.active_user_sets.hour IS 'The hour in which the windows start';
COMMENT ON COLUMN gold.active_user_sets.visitor IS 'The first 128 bits of the SHA-256 of the visitor';
COMMENT ON COLUMN gold.active_user_sets.windows IS 'Bit n is set where the visitor is active in the window that starts n minutes into the hour';

CREATE TABLE gold.sessions (
  visitor             text COLLATE "C" NOT NULL,
  session_start       timestamptz NOT NULL,
  session_end         timestamptz NOT NULL,
  duration            interval GENERATED ALWAYS AS (session_end - session_start) STORED,
  events              bigint NOT NULL,
  page_views          bigint NOT NULL,
  entry_page          text,
  exit_page           text,
  products            text[] NOT NULL,
  cart_adds           bigint NOT NULL,
  purchases           bigint NOT NULL,
  revenue             numeric(38, 6) NOT NULL,
  currency            text,
  converted           boolean GENERATED ALWAYS AS (purchases > 0) STORED,
  country             text,
  city                text,
  late_events         bigint NOT NULL,
  entry_event_id      text COLLATE "C" NOT NULL,
  entry_page_time     timestamptz,
  entry_page_event_id text COLLATE "C",
  exit_page_time      timestamptz,
  exit_page_event_id  text COLLATE "C",
  product_times       timestamptz[] NOT NULL,
  PRIMARY KEY (visitor, session_start)
) WITH (fillfactor = 70);
CREATE INDEX sessions_start ON gold.sessions USING brin (session_start);
COMMENT ON TABLE gold.sessions IS 'Visits: a visitor''s events of which neighbours lie at most gold.session-gap apart (exactly the gap still joins). A late event may extend, bridge or create one';
COMMENT ON COLUMN gold.sessions.visitor IS 'User id, else anonymous id, else session id of the producer. Over 1,024 bytes: its beginning, # and its SHA-256';
COMMENT ON COLUMN gold.sessions.session_start IS 'Time of the first event';
COMMENT ON COLUMN gold.sessions.session_end IS 'Time of the last event';
COMMENT ON COLUMN gold.sessions.events IS 'Events of any type';
COMMENT ON COLUMN gold.sessions.page_views IS 'Events of type page_view';
COMMENT ON COLUMN gold.sessions.entry_page IS 'Page of the first page view that names one; ties by event id';
COMMENT ON COLUMN gold.sessions.exit_page IS 'Page of the last page view that names one; ties by event id';
COMMENT ON COLUMN gold.sessions.products IS 'The first ten distinct products of its events, by the time of each one''s first event, then by product';
COMMENT ON COLUMN gold.sessions.cart_adds IS 'Events of type add_to_cart';
COMMENT ON COLUMN gold.sessions.purchases IS 'Events of type purchase';
COMMENT ON COLUMN gold.sessions.revenue IS 'Sum of price x quantity (1 where absent) of its purchases, in currency; where that is (mixed), amounts of different currencies are added as they are';
COMMENT ON COLUMN gold.sessions.currency IS 'Currency of all its purchases; (mixed) where they differ, (none) where they name none, null without a purchase';
COMMENT ON COLUMN gold.sessions.converted IS 'Whether it has a purchase';
COMMENT ON COLUMN gold.sessions.country IS 'Country of its first event';
COMMENT ON COLUMN gold.sessions.city IS 'City of its first event';
COMMENT ON COLUMN gold.sessions.late_events IS 'Events that reached Kafka more than two minutes after they happened';
COMMENT ON COLUMN gold.sessions.entry_event_id IS 'State for merging: the first event';
COMMENT ON COLUMN gold.sessions.entry_page_time IS 'State for merging: when the entry page was viewed';
COMMENT ON COLUMN gold.sessions.entry_page_event_id IS 'State for merging: by which event';
COMMENT ON COLUMN gold.sessions.exit_page_time IS 'State for merging: when the exit page was viewed';
COMMENT ON COLUMN gold.sessions.exit_page_event_id IS 'State for merging: by which event';
COMMENT ON COLUMN gold.sessions.product_times IS 'State for merging: time of the first event of each product in products';

CREATE TABLE gold.event_counts (
  window_start timestamptz NOT NULL,
  event_type   text COLLATE "C" NOT NULL,
  country      text COLLATE "C" NOT NULL,
  events       bigint NOT NULL,
  PRIMARY KEY (window_start, event_type, country)
) WITH (fillfactor = 70);
COMMENT ON TABLE gold.event_counts IS 'Events by minute of event time, type and country';
COMMENT ON COLUMN gold.event_counts.window_start IS 'The minute; it ends before the next one starts';
COMMENT ON COLUMN gold.event_counts.event_type IS 'Canonical type (view is page_view, cart is add_to_cart); any other as it came';
COMMENT ON COLUMN gold.event_counts.country IS 'Country of the address; (none) where it was not located';
COMMENT ON COLUMN gold.event_counts.events IS 'Events';

CREATE TABLE gold.revenue (
  window_start timestamptz NOT NULL,
  currency     text COLLATE "C" NOT NULL,
  orders       bigint NOT NULL,
  revenue      numeric(38, 6) NOT NULL,
  PRIMARY KEY (window_start, currency)
) WITH (fillfactor = 70);
COMMENT ON TABLE gold.revenue IS 'Purchases by minute of event time and currency';
COMMENT ON COLUMN gold.revenue.window_start IS 'The minute; it ends before the next one starts';
COMMENT ON COLUMN gold.revenue.currency IS 'As the producer named it; (none) where it named none';
COMMENT ON COLUMN gold.revenue.orders IS 'Events of type purchase, those without a price included';
COMMENT ON COLUMN gold.revenue.revenue IS 'Sum of price x quantity (1 where absent), exact';

CREATE TABLE gold.daily_users (
  day     date NOT NULL,
  visitor text COLLATE "C" NOT NULL,
  PRIMARY KEY (day, visitor)
);
CREATE INDEX daily_users_visitor ON gold.daily_users (visitor, day);
COMMENT ON TABLE gold.daily_users IS 'Who came on which day (UTC): one row a visitor and day with any event';
COMMENT ON COLUMN gold.daily_users.day IS 'The day of event time, UTC';
COMMENT ON COLUMN gold.daily_users.visitor IS 'As in gold.sessions';

CREATE TABLE gold.user_events (
  id              bigint GENERATED ALWAYS AS IDENTITY,
  event_id        text COLLATE "C" NOT NULL,
  user_id         text,
  event_type      text NOT NULL,
  product_id      text,
  price           numeric(18, 6),
  event_timestamp timestamptz NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event_id, event_timestamp)
);
COMMENT ON TABLE gold.user_events IS 'One row an event, where gold.user-events is on';
COMMENT ON COLUMN gold.user_events.id IS 'Order of insertion; the only columns that depend on it are id and created_at';
COMMENT ON COLUMN gold.user_events.event_id IS 'With event_timestamp the event''s identity';
COMMENT ON COLUMN gold.user_events.user_id IS 'As the producer gave it';
COMMENT ON COLUMN gold.user_events.event_type IS 'Canonical type';
COMMENT ON COLUMN gold.user_events.product_id IS 'As the producer gave it';
COMMENT ON COLUMN gold.user_events.price IS 'Of one piece';
COMMENT ON COLUMN gold.user_events.event_timestamp IS 'When it happened';
COMMENT ON COLUMN gold.user_events.created_at IS 'When gold inserted it';

-- Staging: what a mart's class emits, and who emitted it. The settings are those of the task's
-- connection, so that the rows themselves are the same on both ways into a merge.
CREATE UNLOGGED TABLE gold_staging.page_views (
  window_start timestamptz,
  page         text COLLATE "C",
  views        bigint,
  stage        uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt      bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at    timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.active_users (
  hour      timestamptz,
  visitor   uuid,
  windows   bigint,
  stage     uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt   bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.sessions (
  visitor             text COLLATE "C",
  session_start       timestamptz,
  session_end         timestamptz,
  events              bigint,
  page_views          bigint,
  entry_page          text,
  exit_page           text,
  products            text[],
  cart_adds           bigint,
  purchases           bigint,
  revenue             numeric(38, 6),
  currency            text,
  country             text,
  city                text,
  late_events         bigint,
  entry_event_id      text COLLATE "C",
  entry_page_time     timestamptz,
  entry_page_event_id text COLLATE "C",
  exit_page_time      timestamptz,
  exit_page_event_id  text COLLATE "C",
  product_times       timestamptz[],
  stage               uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt             bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at           timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.event_counts (
  window_start timestamptz,
  event_type   text COLLATE "C",
  country      text COLLATE "C",
  events       bigint,
  stage        uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt      bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at    timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.revenue (
  window_start timestamptz,
  currency     text COLLATE "C",
  orders       bigint,
  revenue      numeric(38, 6),
  stage        uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt      bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at    timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.daily_users (
  day          timestamptz,
  visitor      text COLLATE "C",
  stage        uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt      bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at    timestamptz DEFAULT now()
);
CREATE UNLOGGED TABLE gold_staging.user_events (
  event_id        text COLLATE "C",
  user_id         text,
  event_type      text,
  product_id      text,
  price           numeric(18, 6),
  event_timestamp timestamptz,
  stage        uuid DEFAULT current_setting('medallion.stage')::uuid,
  attempt      bigint DEFAULT current_setting('medallion.attempt')::bigint,
  staged_at    timestamptz DEFAULT now()
);
