-- From when on gold keeps what; null where that is everything.
ALTER TABLE gold.ledger
  ADD COLUMN kept_from timestamptz,
  ADD COLUMN sets_from timestamptz;
COMMENT ON COLUMN gold.ledger.kept_from IS 'Rows of less than a day are kept from this day on (gold.retention); null where all are';
COMMENT ON COLUMN gold.ledger.sets_from IS 'The sets behind active_users are kept from this hour on (gold.user-sets-kept); null where all are';
