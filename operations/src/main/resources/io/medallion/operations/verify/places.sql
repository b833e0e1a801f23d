-- How often each position of Kafka (with the place of an event in its record) is in each table, and whether they agree on it. Everything is a
-- number, so that rows are grouped by hashing and nothing is sorted: hashes of what two tables say of
-- a position cancel each other out (xor) where they are equal.
select place, offset,
  sum(in_bronze) as bronze_rows, sum(in_silver) as silver_rows, sum(in_quarantine) as quarantine_rows,
  bit_or(bits) as bits,
  bit_xor(content) as content, bit_xor(content_by_previous) as content_by_previous,
  bit_xor(lineage) as lineage,
  bit_xor(location) as location, bit_xor(database) as database,
  bit_xor(network) as network, bit_xor(network_database) as network_database,
  bit_xor(record) as record, bit_xor(bytes) as bytes, bit_xor(reasons) as reasons,
  bit_or(commit_seq) as commit_seq, bit_or(id) as id, bit_or(micros) as micros,
  bit_or(fingerprint) as fingerprint
from facts
group by place, offset
