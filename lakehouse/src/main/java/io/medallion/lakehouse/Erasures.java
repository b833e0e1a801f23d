package io.medallion.lakehouse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasureKey;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Who was erased from a lake, as files in it: for each erasure its ids' keyed hashes, and its
 * receipt once it is done. Each file is written once and whole.
 */
public final class Erasures {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = "_erasures";
  private static final String IDS = ".ids";
  private static final String RECEIPT = ".json";
  private static final String KEY = "key";

  /** Of what an erasure that keeps totals makes other ids by, until it is done. */
  private static final String KEEPING = ".keeping";

  private static final String SECRET = "secret";

  /** The first line of each file of ids: the hash of this, by which another key is noticed. */
  private static final String CHECKED = "medallion";

  private final Path folder;
  private final LakeFolder lake;
  private final Configuration configuration;
  private ErasedIds known = ErasedIds.NONE;

  private Erasures(LakeFolder lake, Configuration configuration) {
    this.folder = new Path(lake.path(), FOLDER);
    this.lake = lake;
    this.configuration = configuration;
  }

  /** Those of a lake, with the key and the placeholder ids of a configuration. */
  public static Erasures of(LakeFolder lake, Configuration configuration) {
    return new Erasures(lake, configuration);
  }

  /**
   * Who is to be kept out now. Costs a look at a folder, and more only if somebody was added.
   *
   * @throws MedallionException if the key is gone, or another one
   */
  public synchronized ErasedIds ids() {
    List<String> names = names(IDS);
    if (names.isEmpty()) {
      known = ErasedIds.NONE;
      return known;
    }
    String version = String.join(",", names);
    if (!version.equals(known.version())) {
      ErasureKey key = key().orElseThrow(() -> keyMissing("There is none in %s".formatted(folder)));
      List<String> entries = new ArrayList<>();
      for (String name : names) {
        entries.addAll(entries(name, key));
      }
      known = ErasedIds.of(version, key, entries, configuration.get(Keys.GOLD_PLACEHOLDER_IDS));
    }
    return known;
  }

  private List<String> entries(String name, ErasureKey key) {
    List<String> lines = read(new Path(folder, name + IDS)).orElse("").lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(key.entry(ErasedIds.Kind.USER, CHECKED))) {
      throw keyMissing("Another key than this one made %s".formatted(name + IDS));
    }
    return lines.subList(1, lines.size());
  }

  private static MedallionException keyMissing(String cause) {
    return new MedallionException(
        ErrorCode.ERASURE_KEY_MISSING,
        "Who was erased from this lake cannot be known",
        cause,
        "Bring back the key: the setting erase.key-file, or the file _erasures/key of the lake.");
  }

  /** Whether nobody was added since. */
  public boolean areStill(ErasedIds ids) {
    return String.join(",", names(IDS)).equals(ids.version());
  }

  /** The hashes of each erasure's ids, by the erasure's name, the oldest first. */
  public Map<String, List<String>> entries() {
    Map<String, List<String>> all = new TreeMap<>();
    List<String> names = names(IDS);
    if (!names.isEmpty()) {
      ErasureKey key = key().orElseThrow(() -> keyMissing("There is none in %s".formatted(folder)));
      names.forEach(name -> all.put(name, entries(name, key)));
    }
    return all;
  }

  /** The key; made in the lake, readable by its owner alone, if there is none. */
  public ErasureKey keyOrNew() {
    Optional<ErasureKey> there = key();
    if (there.isPresent()) {
      return there.get();
    }
    if (!names(IDS).isEmpty()) {
      throw keyMissing("There is none in %s".formatted(folder));
    }
    writePrivately(KEY, ErasureKey.random());
    return key().orElseThrow();
  }

  /** Where the file system has owners, readable by this one alone. */
  private void writePrivately(String name, String text) {
    Optional<java.nio.file.Path> local = lake.localPath();
    if (local.isPresent()) {
      writePrivately(local.get().resolve(FOLDER).resolve(name), text);
    } else {
      write(name, text);
    }
  }

  /**
   * What an erasure that keeps totals goes on with after it was cut off.
   *
   * @param secret by which it gives ids others
   * @param ids of its persons, in clear, whatever is left of them in rows by then
   */
  public record Keeping(String secret, Map<ErasedIds.Kind, Set<String>> ids) {}

  /**
   * Begins an erasure that keeps totals, before its persons are {@linkplain #add added}: makes the
   * secret by which it gives their ids others, the same ones if it is cut off and run again.
   *
   * @param ids of the persons; in clear until it is done, as in bronze
   */
  public void keepTotals(String erasure, Map<ErasedIds.Kind, Set<String>> ids) {
    ObjectNode text = JSON.createObjectNode().put(SECRET, ErasureKey.random());
    ids.forEach((kind, some) -> some.forEach(text.putArray(kind.name())::add));
    writePrivately(erasure + KEEPING, text.toString());
  }

  /**
   * Of each erasure that keeps totals and is not done what it goes on with, the oldest first.
   *
   * @throws MedallionException if that cannot be read
   */
  public Map<String, Keeping> keepingTotals() {
    Map<String, Keeping> all = new TreeMap<>();
    List<String> remembered = names(IDS);
    for (String name : names(KEEPING)) {
      if (remembered.contains(name)) {
        read(new Path(folder, name + KEEPING))
            .ifPresent(text -> all.put(name, keeping(name, text)));
      }
    }
    return all;
  }

  private Keeping keeping(String name, String text) {
    try {
      JsonNode json = JSON.readTree(text);
      String secret = json.path(SECRET).asText();
      if (secret.isEmpty()) {
        throw unreadable(name, null);
      }
      Map<ErasedIds.Kind, Set<String>> ids = new EnumMap<>(ErasedIds.Kind.class);
      for (ErasedIds.Kind kind : ErasedIds.Kind.values()) {
        Set<String> some = new TreeSet<>();
        json.path(kind.name()).forEach(id -> some.add(id.asText()));
        ids.put(kind, some);
      }
      return new Keeping(secret, ids);
    } catch (JsonProcessingException e) {
      throw unreadable(name, e);
    }
  }

  private MedallionException unreadable(String name, Exception cause) {
    return new MedallionException(
        ErrorCode.ERASURE_KEY_MISSING,
        "The erasure %s cannot go on as it was begun".formatted(name),
        "%s, by which it gives ids others, cannot be read"
            .formatted(new Path(folder, name + KEEPING)),
        "Bring the file back; or remove it, and run erase again: what is left of the persons is then"
            + " erased without keeping totals.",
        cause);
  }

  /** Forgets an erasure's secret: from then on nobody knows whose the ids were. */
  public void forgetSecret(String erasure) {
    try {
      files().delete(new Path(folder, erasure + KEEPING), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets the secrets of erasures that were cut off before anybody was added. */
  public void forgetUnusedSecrets() {
    List<String> unused = new ArrayList<>(names(KEEPING));
    unused.removeAll(names(IDS));
    unused.forEach(this::forgetSecret);
  }

  private static void writePrivately(java.nio.file.Path file, String text) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      Files.createDirectories(file.getParent());
      java.nio.file.Path written =
          Files.createTempFile(
              file.getParent(),
              ".key",
              "",
              posix
                  ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rw-------"))
                  }
                  : new FileAttribute<?>[0]);
      try (FileChannel out = FileChannel.open(written, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        // What is begun by it must not be there without it after a power failure.
        out.force(true);
      }
      Files.move(written, file);
      try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<ErasureKey> key() {
    return configuration
        .secret(Keys.ERASE_KEY)
        .or(() -> read(new Path(folder, KEY)))
        .map(ErasureKey::of);
  }

  /**
   * Adds persons. From the return on whoever asks for {@link #ids} knows them.
   *
   * @param erasure its name; names are in the order of time
   * @param entries of their ids, made by {@link #keyOrNew}
   */
  public void add(String erasure, Collection<String> entries) {
    write(
        erasure + IDS,
        keyOrNew().entry(ErasedIds.Kind.USER, CHECKED)
            + "\n"
            + entries.stream().sorted().collect(Collectors.joining("\n")));
  }

  /** The names of all erasures, those that added nobody and those that were cut off among them. */
  public Set<String> begun() {
    Set<String> begun = new TreeSet<>(names(IDS));
    begun.addAll(names(RECEIPT));
    return begun;
  }

  /** Erasures that have begun and have no receipt: cut off, or at work. */
  public List<String> unfinished() {
    List<String> open = new ArrayList<>(names(IDS));
    open.removeAll(names(RECEIPT));
    return open;
  }

  /** Receipts by the erasure's name, the oldest first. */
  public Map<String, String> receipts() {
    Map<String, String> all = new TreeMap<>();
    names(RECEIPT)
        .forEach(
            name -> read(new Path(folder, name + RECEIPT)).ifPresent(text -> all.put(name, text)));
    return all;
  }

  /**
   * Makes sure that a version of a table is not one of before an erasure, which still holds what
   * was erased for as long as its files are there.
   *
   * @throws MedallionException if it is
   */
  public static void requireNotBefore(LakeFolder lake, TableDefinition table, long version) {
    Erasures erasures = new Erasures(lake, Configuration.builder().build());
    erasures
        .receipts()
        .forEach(
            (name, receipt) -> {
              long first = erasures.firstWithout(receipt, table.name());
              if (version < first) {
                throw new MedallionException(
                    ErrorCode.LAKE_VERSION_ERASED,
                    "Version %d of the %s table is not shown".formatted(version, table.name()),
                    "The erasure %s removed persons from it by version %d.".formatted(name, first),
                    "Ask for version %d or a later one.".formatted(first));
              }
            });
  }

  /** The first version of a table after an erasure that found something in it; 0 for none. */
  private long firstWithout(String receipt, String table) {
    try {
      JsonNode json = JSON.readTree(receipt);
      // What was done before it was cut off is counted by nobody.
      boolean isResumed = json.path("resumed").asBoolean();
      for (JsonNode one : json.path("tables")) {
        if (one.path("table").asText().equals(table)
            && (isResumed || one.path("rows").asLong() > 0)) {
          return one.path("version").asLong();
        }
      }
      return 0;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("%s has a receipt that is no JSON".formatted(folder), e);
    }
  }

  /** Leaves an erasure's receipt. */
  public void done(String erasure, String receipt) {
    write(erasure + RECEIPT, receipt);
  }

  private List<String> names(String ending) {
    try {
      return Arrays.stream(files().listStatus(folder))
          .map(FileStatus::getPath)
          .map(Path::getName)
          .filter(name -> name.endsWith(ending) && !name.startsWith("."))
          .map(name -> name.substring(0, name.length() - ending.length()))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nobody sees it half written. */
  private void write(String name, String text) {
    Path written = new Path(folder, "." + name);
    try {
      try (FSDataOutputStream out = files().create(written, true)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.hsync();
      }
      if (!files().rename(written, new Path(folder, name))) {
        throw new IOException("%s cannot be renamed to %s".formatted(written, name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<String> read(Path file) {
    try (FSDataInputStream in = files().open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FileSystem files() throws IOException {
    return folder.getFileSystem(lake.hadoop().get());
  }
}
