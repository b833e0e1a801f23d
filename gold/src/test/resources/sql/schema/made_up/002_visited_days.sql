-- A made-up second version: a table that is filled from the rows of another, and a column.
-- The lock lets a merge of an earlier release finish, whose rows are then counted; one that comes to
-- the table later waits.
LOCK TABLE gold.new_users IN ACCESS EXCLUSIVE MODE;
CREATE TABLE gold.visited_days (
  site text COLLATE "C" PRIMARY KEY,
  days bigint NOT NULL
);
INSERT INTO gold.visited_days SELECT site, count(*) FROM gold.new_users GROUP BY site;
ALTER TABLE gold.ledger ADD COLUMN remark text;
