package io.medallion.lakehouse.delta;

/**
 * How large a table is, as far as that costs nothing to know.
 *
 * @param table its name
 * @param version its newest version
 * @param files how many files that version has; negative if its checksum file is missing
 */
public record TableSize(String table, long version, long files) {}
