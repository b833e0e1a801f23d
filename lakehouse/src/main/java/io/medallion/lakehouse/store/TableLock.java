package io.medallion.lakehouse.store;

/** A lock that is held until it is closed. */
public interface TableLock extends AutoCloseable {
  /** Gives it back. */
  @Override
  void close();
}
