package io.medallion.lakehouse.store;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps the threads of this process apart, which no lock between processes does. */
final class ThreadLocks {
  private static final ConcurrentHashMap<String, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private ThreadLocks() {}

  /** Waits for the lock of a name; the thread that took it gives it back. */
  static TableLock take(String name) {
    ReentrantLock lock = LOCKS.computeIfAbsent(name, any -> new ReentrantLock());
    lock.lock();
    return lock::unlock;
  }
}
