package io.medallion.lakehouse.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.lakehouse.parquet.IdentityPages;
import io.medallion.lakehouse.parquet.TimeSpans;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.delta.actions.AddFile;

/**
 * A data file of a table, with what Delta knows about it without opening it.
 *
 * @param add Delta's own record of it
 * @param partition the date of its folder
 * @param records how many rows it holds
 * @param statistics minima and maxima by column, as Delta wrote them
 */
public record TableFile(AddFile add, LocalDate partition, long records, JsonNode statistics) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static TableFile of(AddFile add, String partitionColumn) {
    JsonNode statistics = parse(add.stats());
    return new TableFile(
        add,
        LocalDate.parse(add.partitionValues().apply(partitionColumn)),
        statistics.path("numRecords").asLong(),
        statistics);
  }

  private static JsonNode parse(String statistics) {
    try {
      return statistics == null ? JSON.createObjectNode() : JSON.readTree(statistics);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file's name below the table. */
  public String path() {
    return add.path();
  }

  /** Where a file lies by the name that Delta's log gives it. */
  static Path place(Path table, String name) {
    Path path = new Path(URI.create(name));
    return path.isAbsolute() ? path : new Path(table, path);
  }

  /** Where its rows' times lie, if whoever wrote it said so. */
  Optional<TimeSpans> spans() {
    return tag(TableDefinition.TIMES_TAG).flatMap(TimeSpans::parse);
  }

  /** Where in it the hashes of its rows' identities are, if it has some of that kind. */
  public Optional<IdentityPages.Place> identities(IdentityKind kind) {
    return tag(kind.tag())
        .flatMap(IdentityPages.Place::parse)
        .filter(place -> place.rows() == records);
  }

  private Optional<String> tag(String name) {
    return Optional.ofNullable(add.tags()).map(tags -> tags.getOrElse(name, () -> null));
  }

  /** When it was written, milliseconds since 1970. */
  public long writtenMillis() {
    return add.modificationTime();
  }

  /** Delta's record of it as a file that brings no row which was not there before. */
  AddFile addedWithoutChange() {
    return add.copy(
        add.path(),
        add.partitionValues(),
        add.size(),
        add.modificationTime(),
        false,
        add.stats(),
        add.tags(),
        add.deletionVector(),
        add.baseRowId(),
        add.defaultRowCommitVersion(),
        add.clusteringProvider(),
        add.backReference(),
        add.amtPassthrough());
  }

  /**
   * Whether Delta leaves out some of its rows (a deletion vector), so that its bytes alone do not
   * say which rows the table has of it.
   */
  public boolean hidesRows() {
    return add.deletionVector() != null;
  }

  /** Bytes on disk. */
  public long size() {
    return add.size();
  }

  /**
   * The least time of a column in microseconds since 1970, or {@link Long#MIN_VALUE} where Delta
   * does not know it.
   */
  public long minMicros(String column) {
    return micros(statistics.path("minValues").path(column), Long.MIN_VALUE, 0);
  }

  /**
   * The greatest time of a column in microseconds since 1970, or {@link Long#MAX_VALUE} where Delta
   * does not know it. Delta cuts times to milliseconds, so a millisecond is added.
   */
  public long maxMicros(String column) {
    return micros(statistics.path("maxValues").path(column), Long.MAX_VALUE, 999);
  }

  /**
   * The least value of a whole-number column, or {@link Long#MIN_VALUE} where Delta does not know
   * it.
   */
  public long minLong(String column) {
    return statistics.path("minValues").path(column).asLong(Long.MIN_VALUE);
  }

  /**
   * The greatest value of a whole-number column, or {@link Long#MAX_VALUE} where Delta does not
   * know it.
   */
  public long maxLong(String column) {
    return statistics.path("maxValues").path(column).asLong(Long.MAX_VALUE);
  }

  /**
   * The newest Kafka time among files of records, microseconds since 1970, 0 if there is none.
   * Never later than now: where producers set it, one wrong clock would make all seem fresh for
   * years.
   */
  public static long newestKafkaMicros(List<TableFile> files) {
    long now = System.currentTimeMillis() * 1_000;
    return files.stream()
        .mapToLong(file -> file.maxMicros(BronzeColumns.KAFKA_TIMESTAMP))
        .filter(micros -> micros != Long.MAX_VALUE)
        .map(micros -> Math.min(micros, now))
        .max()
        .orElse(0);
  }

  private static long micros(JsonNode time, long unknown, long slack) {
    if (!time.isTextual()) {
      return unknown;
    }
    // Not ChronoUnit.between, which overflows from the year 2262 on.
    Instant instant = parseTime(time.asText()).toInstant();
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000 + slack;
  }

  private static OffsetDateTime parseTime(String text) {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeParseException e) {
      return LocalDateTime.parse(text).atOffset(ZoneOffset.UTC);
    }
  }
}
