-- What a merge changes: each set's bits before and after.
CREATE TEMP TABLE IF NOT EXISTS touched_active_users (
  hour    timestamptz,
  visitor uuid,
  before  bigint,
  after   bigint
) ON COMMIT DELETE ROWS
