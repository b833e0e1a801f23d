package io.medallion.lakehouse.delta;

import java.util.Optional;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.VersionChecksum;
import org.apache.spark.sql.delta.actions.SetTransaction;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.OptionConverters;

/**
 * What can be told of a version without the query over its log that Delta would run, which takes
 * seconds in a process that has just started: Delta writes it into a checksum file beside each
 * commit.
 */
final class VersionChecksumReader {
  private VersionChecksumReader() {}

  /** The transaction ids of a version; where its file does not tell, by that query. */
  static Seq<SetTransaction> transactions(Snapshot snapshot) {
    Option<Seq<SetTransaction>> told = checksum(snapshot).flatMap(VersionChecksum::setTransactions);
    return told.isDefined() ? told.get() : snapshot.setTransactions();
  }

  /** How many files a version has, where its file tells. */
  static Optional<Long> files(Snapshot snapshot) {
    return OptionConverters.toJava(checksum(snapshot)).map(VersionChecksum::numFiles);
  }

  /** A snapshot that was made before the file was written does not know of it. */
  private static Option<VersionChecksum> checksum(Snapshot snapshot) {
    Option<VersionChecksum> known = snapshot.checksumOpt();
    return known.isDefined() || snapshot.version() < 0
        ? known
        : snapshot.deltaLog().readChecksum(snapshot.version(), Option.empty());
  }
}
