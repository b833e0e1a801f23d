package io.medallion.common.error;

/**
 * Every error a user can meet, by a code that stays the same across releases.
 *
 * <p>docs/runbook.md has an entry for each: what it means and what to do. A test keeps the two in
 * step.
 */
public enum ErrorCode {
  /** A configuration key that the program does not know. */
  CONFIG_UNKNOWN_KEY(ExitCode.USAGE),
  /** A value that does not have the key's type or range. */
  CONFIG_INVALID_VALUE(ExitCode.USAGE),
  /** A key without a default that was not given. */
  CONFIG_MISSING(ExitCode.USAGE),
  /** A secret on the command line, where every user of the machine can read it. */
  CONFIG_SECRET_IN_ARGUMENTS(ExitCode.USAGE),
  /** A configuration or secret file that cannot be read. */
  CONFIG_FILE_UNREADABLE(ExitCode.USAGE),
  /** A command line that does not parse. */
  USAGE(ExitCode.USAGE),
  /** A command that was asked to end while it worked. */
  COMMAND_STOPPED(ExitCode.FAILURE),
  /** The address at which a layer is to serve its metrics cannot be had. */
  METRICS_NOT_SERVED(ExitCode.USAGE),

  /** No broker answered within the bounded wait at start. */
  KAFKA_UNREACHABLE(ExitCode.USAGE),
  /** The broker refused our credentials or our rights. */
  KAFKA_ACCESS_DENIED(ExitCode.USAGE),
  /** A subscribed topic does not exist. */
  KAFKA_TOPIC_MISSING(ExitCode.USAGE),
  /** Kafka no longer has, or never had, the offsets that bronze wants next. */
  KAFKA_DATA_LOSS(ExitCode.FAILURE),
  /** Another cluster, or a topic that was deleted and created again, under a known name. */
  KAFKA_SOURCE_REPLACED(ExitCode.FAILURE),
  /** A record's Kafka time is beyond what Spark's Kafka source can read. */
  KAFKA_TIME_UNREADABLE(ExitCode.FAILURE),

  /** The lake's folder cannot be written. */
  LAKE_NOT_WRITABLE(ExitCode.USAGE),
  /** A table that a layer reads has not been created yet. */
  LAKE_TABLE_MISSING(ExitCode.USAGE),
  /** Another process runs this layer. */
  LAKE_LOCKED(ExitCode.USAGE),
  /** A table at the expected place is not one that this program made. */
  LAKE_TABLE_FOREIGN(ExitCode.FAILURE),
  /** A source version that a layer still needs is gone from the table's log. */
  LAKE_VERSIONS_GONE(ExitCode.FAILURE),
  /** A source table ends before the version that a layer has read. */
  LAKE_TABLE_WENT_BACK(ExitCode.FAILURE),
  /** A data file of a table is gone, has another size, or cannot be read. */
  LAKE_FILE_LOST(ExitCode.FAILURE),
  /** A commit that changes or removes rows and does not say that it is a rewrite of ours. */
  LAKE_UNMARKED_REWRITE(ExitCode.FAILURE),
  /** Someone else moved the position that this layer was about to move. */
  LAKE_POSITION_CONFLICT(ExitCode.FAILURE),
  /** The lake's store has no locks for commits, so that a layer must be stopped, and it runs. */
  LAKE_WITHOUT_LOCKS(ExitCode.USAGE),
  /** The lake's store does not answer, or nothing here knows how to talk to it. */
  LAKE_UNREACHABLE(ExitCode.USAGE),
  /** The lake is a folder of one machine, and the work is to be done on others. */
  LAKE_NOT_SHARED(ExitCode.USAGE),
  /** The lake's store would let two writers publish the same version of a table. */
  LAKE_STORE_UNSAFE(ExitCode.USAGE),

  /** A version of a table that was asked for holds persons who have been erased since. */
  LAKE_VERSION_ERASED(ExitCode.USAGE),
  /** The key by which erased persons are remembered is gone, or is another one. */
  ERASURE_KEY_MISSING(ExitCode.USAGE),
  /** Persons were erased while a rewrite was being prepared, which may still hold their events. */
  ERASURE_MEANWHILE(ExitCode.FAILURE),
  /** Event days are to be derived again whose records bronze has emptied. */
  LAKE_RECORDS_PRUNED(ExitCode.USAGE),

  /** The contract's file has errors. */
  CONTRACT_INVALID(ExitCode.USAGE),
  /** The contract declares a column that the silver table lacks, or has with another type. */
  CONTRACT_NOT_APPLIED(ExitCode.USAGE),

  /** The GeoIP database is missing or is not one. */
  GEOIP_UNREADABLE(ExitCode.USAGE),

  /** Postgres did not answer within the bounded wait at start. */
  POSTGRES_UNREACHABLE(ExitCode.USAGE),
  /** Postgres refused user, password or a right. */
  POSTGRES_ACCESS_DENIED(ExitCode.USAGE),
  /** The schema in Postgres is newer than this program. */
  POSTGRES_SCHEMA_NEWER(ExitCode.USAGE),
  /** The schema in Postgres is older than this program, which reads it and must not change it. */
  POSTGRES_SCHEMA_OLDER(ExitCode.USAGE),
  /** Somebody holds locks in gold's schema for too long for it to be migrated. */
  POSTGRES_SCHEMA_HELD(ExitCode.USAGE),
  /** Gold was built from another silver table. */
  GOLD_SOURCE_REPLACED(ExitCode.FAILURE),
  /** A mart's definition is not the one its rows were made with. */
  GOLD_DEFINITION_CHANGED(ExitCode.FAILURE),
  /** A mart's SELECT cannot be kept exact. */
  MART_REFUSED(ExitCode.USAGE),
  /** A mart's SELECT, or Postgres, failed over an event. */
  MART_FAILED(ExitCode.USAGE),
  /** The files of marts cannot be read. */
  MART_UNREADABLE(ExitCode.USAGE),
  /** An alert's file says something that cannot be judged. */
  ALERT_REFUSED(ExitCode.USAGE),
  /** A view that gold does not know stands on a mart whose table is to be made again. */
  MART_HELD(ExitCode.FAILURE),

  /** A query that does not parse, or names what is not there. */
  QUERY_INVALID(ExitCode.USAGE),
  /** A query that would do more than read. */
  QUERY_REFUSED(ExitCode.USAGE),

  /** A file to ingest cannot be read or mapped. */
  INGEST_FILE_UNREADABLE(ExitCode.USAGE),
  /** A folder given for data holds something that this program did not make. */
  DATA_FOLDER_FOREIGN(ExitCode.USAGE),
  /** An embedded service did not start. */
  SERVICE_NOT_STARTED(ExitCode.USAGE),
  /** The demo's account does not add up. */
  DEMO_DOES_NOT_ADD_UP(ExitCode.FAILURE);

  private final int exitCode;

  ErrorCode(int exitCode) {
    this.exitCode = exitCode;
  }

  /**
   * Whether it may go away by itself, so that a running layer waits and tries again. At a layer's
   * start the same error ends it.
   */
  public boolean transientFault() {
    return switch (this) {
      case KAFKA_UNREACHABLE, POSTGRES_UNREACHABLE, POSTGRES_SCHEMA_HELD, LAKE_POSITION_CONFLICT ->
          true;
      default -> false;
    };
  }

  /** The process's exit code where this error ends it. */
  public int exitCode() {
    return exitCode;
  }
}
