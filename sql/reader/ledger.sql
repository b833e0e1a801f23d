-- How far gold is; no row before the first merge.
SELECT silver_version, silver_rows, bots, late_dropped, links,
  links_several_users + links_several_devices AS refused_links, newest_kafka, merged_at,
  filling_version, filling_files, filling_files_merged
FROM gold.ledger
