package io.medallion.common.contract;

import io.medallion.common.Hmac;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Which columns hold pseudonyms in place of what an event says, and the keys of these. A pseudonym
 * is the first half of the HMAC-SHA-256 of a text in UTF-8, in hexadecimal: the same for the same
 * text in every column and row, as long as the key is the same. Immutable.
 *
 * <p>An event's fingerprint is sealed by the same key: it is a hash of all that the event says, by
 * which a guess at the one thing that is not shown could be tried.
 */
public final class Pseudonyms implements Serializable {
  private static final long serialVersionUID = 1;
  private static final String CIPHER = "Blowfish";
  private static final String SEALING = CIPHER + "/ECB/NoPadding";

  /** Of a key; a shorter one might be found by trying. */
  private static final int LEAST_KEY_BYTES = 16;

  private static final int BYTES = 16;
  private static final String VERSION = "p";

  /** Of what a version says of the key, and of the columns. */
  private static final int PART_BYTES = 3;

  /** What no text of an event begins with, so that nobody can have such a pseudonym made. */
  private static final String OWN = "\0";

  /** No column holds pseudonyms, and none ever did. */
  public static final Pseudonyms NONE = new Pseudonyms(Set.of(), List.of(), Set.of());

  private final TreeSet<String> columns;

  /** The current one first. */
  private final List<byte[]> keys;

  private final TreeSet<String> placeholders;
  private transient volatile ThreadLocal<Maker> makers;

  private Pseudonyms(
      Collection<String> columns, List<byte[]> keys, Collection<String> placeholders) {
    this.columns = new TreeSet<>(columns);
    this.keys = List.copyOf(keys);
    this.placeholders = new TreeSet<>(placeholders);
  }

  /**
   * Those of a configuration.
   *
   * @throws MedallionException if there are columns and no key, or one is too short
   */
  public static Pseudonyms of(Configuration configuration) {
    List<byte[]> keys = new ArrayList<>();
    configuration
        .secret(Keys.PSEUDONYM_KEY)
        .ifPresent(text -> keys.add(key(Keys.PSEUDONYM_KEY.name(), text)));
    Optional<String> previous = configuration.secret(Keys.PSEUDONYM_PREVIOUS_KEY);
    List<String> columns = configuration.get(Keys.SILVER_PSEUDONYMIZE);
    if (keys.isEmpty() && (!columns.isEmpty() || previous.isPresent())) {
      throw new MedallionException(
          ErrorCode.CONFIG_MISSING,
          "There is no key for pseudonyms",
          "%s needs pseudonym.key."
              .formatted(
                  columns.isEmpty()
                      ? Keys.PSEUDONYM_PREVIOUS_KEY.name()
                      : Keys.SILVER_PSEUDONYMIZE.name()),
          "Write a key to a file, as by `openssl rand -hex 32`, and name the file by"
              + " pseudonym.key-file; all layers and commands need the same.");
    }
    previous.ifPresent(text -> keys.add(key(Keys.PSEUDONYM_PREVIOUS_KEY.name(), text)));
    return keys.isEmpty()
        ? NONE
        : new Pseudonyms(
            columns,
            keys,
            configuration.get(Keys.GOLD_PLACEHOLDER_IDS).stream()
                .map(Pseudonyms::bare)
                .collect(Collectors.toSet()));
  }

  private static byte[] key(String setting, String text) {
    byte[] key = text.strip().getBytes(StandardCharsets.UTF_8);
    if (key.length < LEAST_KEY_BYTES) {
      throw new MedallionException(
          ErrorCode.CONFIG_INVALID_VALUE,
          "%s is too short".formatted(setting),
          "A key of less than %d bytes can be found by trying.".formatted(LEAST_KEY_BYTES),
          "Make one by `openssl rand -hex 32`.");
    }
    return key;
  }

  private static String bare(String id) {
    return id.strip().toLowerCase(Locale.ROOT);
  }

  /** Whether any column holds pseudonyms. */
  public boolean isOn() {
    return !columns.isEmpty();
  }

  /** The columns that hold pseudonyms, sorted. */
  List<String> columns() {
    return List.copyOf(columns);
  }

  /** Whether a column holds pseudonyms. */
  public boolean has(String column) {
    return columns.contains(column);
  }

  /** The same columns by the previous key alone; empty if there is none. */
  public Optional<Pseudonyms> previous() {
    return keys.size() > 1
        ? Optional.of(new Pseudonyms(columns, keys.subList(1, keys.size()), placeholders))
        : Optional.empty();
  }

  /**
   * What tells rows that were made by these from others: changes with the current key, and with the
   * columns and what is no id. The empty text if no column holds pseudonyms.
   */
  public String version() {
    if (!isOn()) {
      return "";
    }
    Mac mac = Hmac.sha256(keys.get(0));
    return VERSION + mark(mac) + part(mac, "columns" + OWN + columns + OWN + placeholders);
  }

  /** What a version says of the key. */
  private static String mark(Mac mac) {
    return part(mac, "key");
  }

  private static String part(Mac mac, String text) {
    return HexFormat.of().formatHex(hash(mac, OWN + text), 0, PART_BYTES);
  }

  /**
   * Every pseudonym that a text has or had, the current one first; none if there is no key, or the
   * text is nobody's id.
   */
  public List<String> of(String text) {
    return keys.isEmpty() ? List.of() : own().all.of(text);
  }

  /** Whether a text is no id, which says nothing of anybody and links nothing. */
  private boolean isKept(String text) {
    return text.isBlank() || placeholders.contains(bare(text));
  }

  private static String pseudonym(Mac mac, String text) {
    return HexFormat.of().formatHex(hash(mac, text), 0, BYTES);
  }

  private static byte[] hash(Mac mac, String text) {
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether two fingerprints are of the same payload, each sealed by the current key, the previous
   * one or none: rows of before are still copies.
   */
  public boolean isSame(long one, long other) {
    return one == other || !Collections.disjoint(own().unsealed(one), own().unsealed(other));
  }

  /**
   * A fingerprint as it would be sealed today.
   *
   * @param version {@link #version} of what it is sealed by
   * @return itself, if that is by a key that is not known
   */
  public long sealedToday(long fingerprint, String version) {
    return own().sealedToday(fingerprint, version);
  }

  /** Makes pseudonyms by the current key; for one thread. */
  public Maker maker() {
    return new Maker();
  }

  /** This thread's. */
  private Maker own() {
    ThreadLocal<Maker> all = makers;
    if (all == null) {
      all = ThreadLocal.withInitial(this::maker);
      makers = all;
    }
    return all.get();
  }

  /** What is made of texts, of some that came last. */
  private static final class Cache<T> {
    private static final int SIZE = 4096;

    private final Function<String, T> made;
    private final String[] texts = new String[SIZE];
    private final List<T> values = new ArrayList<>(Collections.nCopies(SIZE, null));

    Cache(Function<String, T> made) {
      this.made = made;
    }

    T of(String text) {
      int place = (text.hashCode() & Integer.MAX_VALUE) % SIZE;
      if (!text.equals(texts[place])) {
        values.set(place, made.apply(text));
        texts[place] = text;
      }
      return values.get(place);
    }
  }

  /** Makes pseudonyms. Not thread-safe. */
  public final class Maker {
    private final List<Mac> macs = keys.stream().map(Hmac::sha256).toList();
    private final List<Cipher> openings =
        keys.stream().map(key -> sealing(key, Cipher.DECRYPT_MODE)).toList();
    private final Cipher seal = isOn() ? sealing(keys.get(0), Cipher.ENCRYPT_MODE) : null;

    /** A visitor's events come one after the other, so that most are known. */
    private final Cache<String> current =
        new Cache<>(text -> isKept(text) ? text : pseudonym(macs.get(0), text));

    private final Cache<List<String>> all =
        new Cache<>(
            text ->
                isKept(text) ? List.of() : macs.stream().map(mac -> pseudonym(mac, text)).toList());

    /**
     * What a column that {@linkplain #has has} pseudonyms holds of a text; null for null. There has
     * to be a key.
     */
    public String of(String text) {
      return text == null ? null : current.of(text);
    }

    /** What silver keeps of a fingerprint: itself, if no column holds pseudonyms. */
    public long sealed(long fingerprint) {
      return seal == null ? fingerprint : crypt(seal, fingerprint);
    }

    /** What a fingerprint may have been before it was sealed. */
    private List<Long> unsealed(long fingerprint) {
      return Stream.concat(
              Stream.of(fingerprint), openings.stream().map(key -> crypt(key, fingerprint)))
          .toList();
    }

    private long sealedToday(long fingerprint, String version) {
      if (version.isEmpty()) {
        return sealed(fingerprint);
      }
      for (int key = 0; key < macs.size(); key++) {
        if (version.startsWith(mark(macs.get(key)), VERSION.length())) {
          return sealed(crypt(openings.get(key), fingerprint));
        }
      }
      return fingerprint;
    }
  }

  /**
   * A cipher of blocks that are as long as a fingerprint, so that equal ones stay equal, different
   * ones different, and whoever has the key can tell what was sealed by it.
   */
  private static Cipher sealing(byte[] key, int mode) {
    try {
      Cipher cipher = Cipher.getInstance(SEALING);
      cipher.init(mode, new SecretKeySpec(hash(Hmac.sha256(key), OWN + "seal"), CIPHER));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + CIPHER, e);
    }
  }

  private static long crypt(Cipher cipher, long fingerprint) {
    byte[] block = ByteBuffer.allocate(Long.BYTES).putLong(fingerprint).array();
    try {
      return ByteBuffer.wrap(cipher.doFinal(block)).getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a block has %d bytes".formatted(Long.BYTES), e);
    }
  }

  /** Hides the keys. */
  @Override
  public String toString() {
    return "pseudonyms of " + columns;
  }
}
