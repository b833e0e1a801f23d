package io.medallion.demo.ingest;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How far an ingest is.
 *
 * @param file the file at hand
 * @param lines lines of it so far
 * @param bytesRead of the file, packed if it is packed
 * @param bytesTotal its size
 * @param elapsed since its beginning
 */
public record IngestProgress(
    Path file, long lines, long bytesRead, long bytesTotal, Duration elapsed) {}
