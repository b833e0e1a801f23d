-- Sessions that began before the times kept, but only those that no kept event can join any more: so
-- every session that begins in these times is what it would be with all the others.
DELETE FROM gold.sessions
WHERE session_start < current_setting('medallion.retained_from')::timestamptz
  AND session_end < current_setting('medallion.retained_from')::timestamptz
    - current_setting('medallion.session_gap')::interval
