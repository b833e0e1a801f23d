package io.medallion.lakehouse.store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who holds a layer's lock, as it has signed it.
 *
 * @param process its process id, which means something on its host alone: in a container, to that
 *     container; 0 if it has not signed yet
 * @param host the name of its host or container
 * @param since when it took the lock, to the second
 */
public record LockHolder(long process, String host, Instant since) {
  private static final Pattern SIGNATURE =
      Pattern.compile("process (\\d+) on (.*) since (\\S+)(?:\n.*)?", Pattern.DOTALL);
  private static final LockHolder UNSIGNED = new LockHolder(0, "an unknown host", Instant.EPOCH);

  /** This process, as of now. */
  static LockHolder self() {
    return new LockHolder(
        ProcessHandle.current().pid(), hostName(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return UNSIGNED.host;
    }
  }

  /** The holder that a lock's file or a lease names in its first line. */
  static LockHolder of(String text) {
    Matcher signed = SIGNATURE.matcher(text);
    return signed.matches()
        ? new LockHolder(
            Long.parseLong(signed.group(1)), signed.group(2), Instant.parse(signed.group(3)))
        : UNSIGNED;
  }

  /** Whether it has said who it is: between taking a lock and signing it lies a moment. */
  boolean signed() {
    return process > 0;
  }

  /** What {@link #of} reads again. */
  @Override
  public String toString() {
    return signed()
        ? "process %d on %s since %s".formatted(process, host, since)
        : "an unknown process";
  }
}
