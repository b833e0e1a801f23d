package io.medallion.silver.enrich;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A bounded cache from text to the values of an enricher's columns. Thread-safe, and without locks
 * where a key is known: entries are immutable, and each is looked at before it is believed; two
 * threads may compute the same answer, and either may win. Where its four places are taken a
 * newcomer replaces one of them.
 */
public final class SetAssociativeCache {
  private static final int WAYS = 4;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(String key, Object[] values) {}

  private final Entry[] entries;

  /**
   * Of the keys, at the same places, so that the wrong ones are passed by without being looked at;
   * if one is not that of the entry, a value is computed once more.
   */
  private final int[] hashes;

  private final int mask;
  private final Map<List<Object>, Object[]> distinct = new ConcurrentHashMap<>();

  /**
   * @param capacity the most entries, rounded up to a power of two
   */
  public SetAssociativeCache(int capacity) {
    int size = Integer.highestOneBit((Math.max(capacity, WAYS) * 2) - 1);
    entries = new Entry[size];
    hashes = new int[size];
    mask = size - 1;
  }

  /** The values of a key, computed if they are not here. */
  public Object[] get(String key, Function<String, Object[]> compute) {
    int hash = spread(key.hashCode());
    for (int way = 0; way < WAYS; way++) {
      int place = (hash & mask) ^ way;
      if (hashes[place] == hash) {
        Entry entry = entries[place];
        if (entry != null && entry.key.equals(key)) {
          return entry.values;
        }
      }
    }
    Object[] values = shared(compute.apply(key));
    int place = placeFor(hash);
    hashes[place] = hash;
    entries[place] = new Entry(key, values);
    return values;
  }

  /** Many keys have the same values: where these are one array, it is in the processor's cache. */
  private Object[] shared(Object[] values) {
    if (distinct.size() >= Math.max(1, entries.length / WAYS)) {
      distinct.clear();
    }
    return distinct.computeIfAbsent(Arrays.asList(values), key -> values);
  }

  private int placeFor(int hash) {
    for (int way = 0; way < WAYS; way++) {
      if (entries[(hash & mask) ^ way] == null) {
        return (hash & mask) ^ way;
      }
    }
    return (hash & mask) ^ (hash >>> 30);
  }

  private static int spread(int hash) {
    int h = hash * 0x9E3779B9;
    return h ^ (h >>> 15);
  }
}
