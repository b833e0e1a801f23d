package io.medallion.lakehouse.store;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Optional;

/** Who works on a lake, told between processes. */
public interface LakeLocks {
  /**
   * Takes a lock that its holder keeps for a layer's life.
   *
   * @throws MedallionException if another instance of the layer holds it; the message says who
   */
  TableLock layer(String layer);

  /** Waits for a lock that is held for one batch or one rewrite of a table. */
  TableLock commits(String table);

  /** Who holds a layer's lock, on whichever host; empty if nobody does. Changes nothing. */
  Optional<LockHolder> holder(String layer);

  /** Whether {@link #commits} keeps other processes out, too. */
  boolean betweenProcesses();

  /** The error for the second instance of a layer. */
  static MedallionException held(String layer, LockHolder holder, String lock) {
    return new MedallionException(
        ErrorCode.LAKE_LOCKED,
        "The layer %s is running already: %s".formatted(layer, holder),
        "Two writers of one table would get into each other's way; the lock is " + lock + ".",
        "Stop that process, or leave it running: there is nothing for a second one to do.");
  }
}
