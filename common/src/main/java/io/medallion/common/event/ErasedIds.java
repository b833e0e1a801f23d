package io.medallion.common.event;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;

/**
 * The ids of persons whose events are to be kept out, known by keyed hashes alone. Immutable.
 *
 * <p>Of a hash 64 bits are compared: with a hundred thousand ids erased and a billion others, the
 * chance that a single one of these is taken for one of those is one in 180,000.
 */
public final class ErasedIds implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int LONGEST = 1 << 16;

  /** Nobody's. */
  public static final ErasedIds NONE = new ErasedIds("", null, List.of(), List.of());

  /** What an id is of: the same text may be a user and somebody else's device. */
  public enum Kind {
    USER,
    ANONYMOUS,
    SESSION
  }

  private final String version;
  private final ErasureKey key;

  /** Sorted. */
  private final long[] users;

  private final long[] devices;
  private final long[] sessions;
  private final BitSet lengths = new BitSet();
  private final String[] placeholders;

  private ErasedIds(
      String version, ErasureKey key, Collection<String> entries, Collection<String> placeholders) {
    this.version = version;
    this.key = key;
    this.users = hashes(Kind.USER, entries);
    this.devices = hashes(Kind.ANONYMOUS, entries);
    this.sessions = hashes(Kind.SESSION, entries);
    entries.forEach(
        entry -> lengths.set(Math.min(LONGEST, Integer.parseInt(entry.split(":", -1)[1]))));
    this.placeholders =
        placeholders.stream()
            .map(text -> text.strip().toLowerCase(Locale.ROOT))
            .toArray(String[]::new);
  }

  /**
   * Those of some entries.
   *
   * @param version tells this set from those before and after it
   * @param entries as {@link ErasureKey#entry} makes them, by the same key
   * @param placeholders texts that are no id, in any case
   */
  public static ErasedIds of(
      String version, ErasureKey key, Collection<String> entries, Collection<String> placeholders) {
    return new ErasedIds(version, key, entries, placeholders);
  }

  private static long[] hashes(Kind kind, Collection<String> entries) {
    String begin = kind.name().toLowerCase(Locale.ROOT) + ":";
    return entries.stream()
        .filter(entry -> entry.startsWith(begin))
        .mapToLong(entry -> first(HexFormat.of().parseHex(hash(entry))))
        .sorted()
        .toArray();
  }

  private long[] hashes(Kind kind) {
    return switch (kind) {
      case USER -> users;
      case ANONYMOUS -> devices;
      case SESSION -> sessions;
    };
  }

  private static String hash(String entry) {
    return entry.substring(entry.lastIndexOf(':') + 1);
  }

  private static long first(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }

  /** Which set it is; the empty text for none. */
  public String version() {
    return version;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return Stream.of(Kind.values()).allMatch(kind -> hashes(kind).length == 0);
  }

  /** Texts that are no id, in lower case. */
  Set<String> placeholders() {
    return Set.copyOf(Arrays.asList(placeholders));
  }

  /** Looks ids up, with what it needs for that; for one thread. */
  Lookup lookup() {
    return new Lookup();
  }

  /** Looks ids up. Not thread-safe. */
  final class Lookup {
    private static final int CACHED = 4096;

    private final Mac mac = key.hashing();
    private final ErasureKey.Sealing sealing = key.sealing();
    private final String[] known = new String[CACHED];
    private final long[] knownHashes = new long[CACHED];

    /** Whether an id of a kind is among them. */
    boolean has(Kind kind, String id) {
      return hashes(kind).length > 0 && has(kind, hash(id));
    }

    /** Whether bytes stand for an event of one of them, by the key that these are known by. */
    boolean areSealed(byte[] value) {
      return AnonymizedBytes.areSealed(value, sealing);
    }

    /** Whether a text is one of them, of whatever kind. */
    boolean hasAny(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (!lengths.get(Math.min(LONGEST, bytes.length))) {
        return false;
      }
      long hash = first(mac.doFinal(bytes));
      return Stream.of(Kind.values()).anyMatch(kind -> has(kind, hash));
    }

    private boolean has(Kind kind, long hash) {
      return Arrays.binarySearch(hashes(kind), hash) >= 0;
    }

    /** A visitor's events come one after the other. */
    private long hash(String id) {
      int place = (id.hashCode() & Integer.MAX_VALUE) % CACHED;
      if (!id.equals(known[place])) {
        known[place] = id;
        knownHashes[place] = first(mac.doFinal(id.getBytes(StandardCharsets.UTF_8)));
      }
      return knownHashes[place];
    }
  }
}
