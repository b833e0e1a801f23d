-- The files of marts and views that gold could not keep at its last start, and of marts that have failed since.
SELECT file, line_number, column_number, problem, reason, remedy, failed FROM gold.refused_marts ORDER BY file
