-- The files of marts and views that gold could not keep at its last start.
SELECT file, line_number, column_number, problem, reason, remedy FROM gold.refused_marts ORDER BY file
