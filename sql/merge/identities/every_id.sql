-- Every id that may be somebody's, of a gold that knows no link yet.
UPDATE gold.ledger
SET links = 0, links_several_users = 0, links_several_devices = 0;

INSERT INTO judged_again (site, kind, id)
SELECT DISTINCT site, kind, id
FROM gold.identity_days
WHERE (kind = 'anonymous' AND seen_with_kind <> '') OR (kind = 'session' AND seen_with_kind = '')
