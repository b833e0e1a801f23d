package io.medallion.silver.dedup;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.parquet.IdentityFile;
import io.medallion.lakehouse.parquet.IdentityPages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for hashes in the pages that silver's files keep of them, and keeps the pages read last.
 * Files never change, so what is known of one stays true. Not thread-safe.
 */
final class IdentityPageCache {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityPageCache.class);

  /** Of a live layer's heap of 1 GiB 64 MiB. */
  private static final long MOST_BYTES_KEPT = Runtime.getRuntime().maxMemory() / 16;

  /** Of files that are looked into together: a chunk spread thin over years asks for all pages. */
  static final long MOST_BYTES_AT_ONCE = MOST_BYTES_KEPT / 2;

  /** What a file takes besides its pages: its name, and arrays. */
  private static final long ENTRY_BYTES = 400;

  /** So many files are read at once: a store far away takes long to answer, not to send. */
  private static final int THREADS = 16;

  /**
   * What was found.
   *
   * @param files that hold a wanted hash
   * @param hashes the wanted ones that they hold
   * @param unreadable files whose pages could not be read
   */
  record Matches(List<TableFile> files, SortedHashSet hashes, List<TableFile> unreadable) {}

  /** What is known of a file. */
  private static final class Known {
    private final IdentityPages pages;
    private final long[][] hashes;
    private long bytes;

    Known(IdentityPages pages) {
      this.pages = pages;
      this.hashes = new long[pages.size()][];
      this.bytes = ENTRY_BYTES + pages.size() * 4L * Long.BYTES;
    }

    /** Those of some pages that have not been read. */
    BitSet missing(BitSet asked) {
      BitSet missing = new BitSet();
      asked.stream().filter(page -> hashes[page] == null).forEach(missing::set);
      return missing;
    }

    void read(IdentityFile file, BitSet missing) throws IOException {
      for (int first = missing.nextSetBit(0); first >= 0; ) {
        int behind = missing.nextClearBit(first);
        for (long[] page : file.hashes(pages, first, behind - first)) {
          hashes[first++] = page;
          bytes += (long) page.length * Long.BYTES;
        }
        first = missing.nextSetBit(behind);
      }
    }
  }

  /** A look into one file. */
  private final class Look {
    private final TableFile file;
    private final long bytesBefore;
    private Known known;
    private BitSet asked;
    private boolean unreadable;

    Look(TableFile file, long[] times) {
      this.file = file;
      this.known = byFile.get(file.path());
      this.bytesBefore = known == null ? 0 : known.bytes;
      this.asked = known == null ? null : known.pages.withAny(times, reach);
    }

    boolean needsReading() {
      return known == null || !known.missing(asked).isEmpty();
    }

    void read(long[] times) {
      try (IdentityFile opened = silver.identities(file)) {
        if (known == null) {
          known = new Known(opened.pages());
          asked = known.pages.withAny(times, reach);
        }
        known.read(opened, known.missing(asked));
      } catch (IOException e) {
        LOG.warn("{} is read itself, as the hashes in it cannot be", file.path(), e);
        unreadable = true;
      }
    }

    /** Adds the wanted hashes that it finds; whether there are any. */
    boolean search(SortedHashSet wanted, LongStream.Builder found) {
      boolean any = false;
      for (int page = asked.nextSetBit(0); page >= 0; page = asked.nextSetBit(page + 1)) {
        for (long hash : known.hashes[page]) {
          if (wanted.contains(hash)) {
            found.add(hash);
            any = true;
          }
        }
      }
      return any;
    }
  }

  private final LakeTable silver;
  private final long reach;
  private final LinkedHashMap<String, Known> byFile = new LinkedHashMap<>(16, 0.75f, true);
  private final ThreadPoolExecutor readers =
      new ThreadPoolExecutor(
          THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), reader());
  private long kept;

  IdentityPageCache(LakeTable silver, IdentityRule rule) {
    this.silver = silver;
    this.reach = rule.reachMicros();
    // So that there are none that anybody would have to stop.
    readers.allowCoreThreadTimeOut(true);
  }

  private static ThreadFactory reader() {
    return task -> {
      Thread thread = new Thread(task, "identities");
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Looks for hashes in files that keep pages of them.
   *
   * @param times of what is looked for, or near it, microseconds in ascending order
   * @param wanted the hashes
   */
  Matches matches(List<TableFile> files, long[] times, SortedHashSet wanted) {
    List<TableFile> holding = new ArrayList<>();
    List<TableFile> unreadable = new ArrayList<>();
    LongStream.Builder found = LongStream.builder();
    for (List<TableFile> together : groups(files)) {
      for (Look look : read(together, times)) {
        if (look.unreadable) {
          unreadable.add(look.file);
          forget(look);
          continue;
        }
        if (look.search(wanted, found)) {
          holding.add(look.file);
        }
        keep(look);
      }
    }
    return new Matches(holding, SortedHashSet.of(found.build().toArray()), unreadable);
  }

  /** So many files at once that all of their pages fit. */
  static List<List<TableFile>> groups(List<TableFile> files) {
    List<List<TableFile>> groups = new ArrayList<>();
    long bytes = 0;
    for (TableFile file : files) {
      bytes += file.records() * Long.BYTES;
      if (groups.isEmpty() || bytes > MOST_BYTES_AT_ONCE) {
        groups.add(new ArrayList<>());
        bytes = file.records() * Long.BYTES;
      }
      groups.get(groups.size() - 1).add(file);
    }
    return groups;
  }

  private List<Look> read(List<TableFile> files, long[] times) {
    List<Look> looks = files.stream().map(file -> new Look(file, times)).toList();
    looks.stream()
        .filter(Look::needsReading)
        .map(look -> CompletableFuture.runAsync(() -> look.read(times), readers))
        .toList()
        .forEach(CompletableFuture::join);
    return looks;
  }

  private void keep(Look look) {
    byFile.put(look.file.path(), look.known);
    kept += look.known.bytes - look.bytesBefore;
    Iterator<Known> oldest = byFile.values().iterator();
    while (kept > MOST_BYTES_KEPT && oldest.hasNext()) {
      kept -= oldest.next().bytes;
      oldest.remove();
    }
  }

  private void forget(Look look) {
    byFile.remove(look.file.path());
    kept -= look.bytesBefore;
  }
}
