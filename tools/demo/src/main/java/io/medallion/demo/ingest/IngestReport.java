package io.medallion.demo.ingest;

/**
 * What became of files.
 *
 * @param files read to their end
 * @param lines records found in them, without headers and blank lines
 * @param mapped sent as an event
 * @param raw sent as they are, because they could not be mapped: quarantine shows them
 * @param derivedIds events that got an id derived from their line
 * @param acknowledged records that the broker has
 */
public record IngestReport(
    long files, long lines, long mapped, long raw, long derivedIds, long acknowledged) {}
