package io.medallion.lakehouse.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.util.Progressable;

/**
 * The file system of a session that only reads: it changes nothing, and nothing exists for it but
 * one folder and what is below.
 *
 * <p>It stands before the store's own file system and passes on what it names here, no more: what
 * Hadoop adds to its interface one day is refused or built upon this.
 */
public final class ReadOnlyFileSystem extends FileSystem {
  /** The folder that is read, qualified. If it is set, nothing may be written. */
  private static final String ROOT = "medallion.read-only.root";

  /** Under which settings the store's own file system is found again. */
  private static final String ORIGINAL = "medallion.read-only.";

  private record Store(String scheme, String authority, UserGroupInformation user) {}

  /** As Hadoop keeps its own, which it does by scheme and so cannot do next to this one. */
  private static final Map<Store, FileSystem> STORES = new ConcurrentHashMap<>();

  private URI uri;
  private FileSystem store;
  private Path workingDirectory;

  /** Called by Hadoop, which names this class in {@code fs.<scheme>.impl}. */
  public ReadOnlyFileSystem() {}

  /**
   * The settings by which a store, of whatever scheme, is seen through this class.
   *
   * @param root the folder that may be read
   * @param schemes every scheme for which there is a file system
   * @param hadoop the settings as they are without it
   */
  public static Map<String, String> settings(
      Path root, Iterable<String> schemes, Configuration hadoop) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(ROOT, root.toString());
    for (String scheme : schemes) {
      for (String key : new String[] {implementation(scheme), cacheDisabled(scheme)}) {
        String before = hadoop.get(key);
        if (before != null) {
          settings.put(ORIGINAL + key, before);
        }
      }
      settings.put(implementation(scheme), ReadOnlyFileSystem.class.getName());
      settings.put(cacheDisabled(scheme), "true");
      // Delta's log store of HDFS writes by Hadoop's other interface. This class is none of that
      // kind, so that it cannot be had at all.
      settings.put("fs.AbstractFileSystem." + scheme + ".impl", ReadOnlyFileSystem.class.getName());
    }
    return settings;
  }

  private static String implementation(String scheme) {
    return "fs." + scheme + ".impl";
  }

  /** Hadoop would hand this one to the sessions beside, which write. */
  private static String cacheDisabled(String scheme) {
    return implementation(scheme) + ".disable.cache";
  }

  /**
   * For whoever writes past Hadoop.
   *
   * @throws AccessControlException in a session that only reads
   */
  public static void requireWritable(Path path, Configuration hadoop) throws IOException {
    if (hadoop.get(ROOT) != null) {
      throw refused("write", path);
    }
  }

  /**
   * For whoever reads past Hadoop.
   *
   * @throws FileNotFoundException for a file that is none to a session that only reads
   */
  public static void requireReadable(Path path, Configuration hadoop) throws IOException {
    String root = hadoop.get(ROOT);
    if (root != null) {
      requireBelow(new Path(root), path.makeQualified(new Path(root).toUri(), new Path(root)));
    }
  }

  private static void requireBelow(Path root, Path path) throws FileNotFoundException {
    URI folder = root.toUri();
    URI file = path.toUri().normalize();
    String below = folder.getPath().endsWith("/") ? folder.getPath() : folder.getPath() + "/";
    boolean inside = (file.getPath() + "/").startsWith(below) && !file.getPath().contains("/../");
    if (!inside || !sameStore(folder, file)) {
      throw new FileNotFoundException(
          "%s is not below %s, and this session reads nothing else".formatted(path, root));
    }
  }

  private static boolean sameStore(URI one, URI other) {
    return String.valueOf(one.getScheme()).equals(String.valueOf(other.getScheme()))
        && String.valueOf(one.getAuthority()).equals(String.valueOf(other.getAuthority()));
  }

  @Override
  public void initialize(URI name, Configuration hadoop) throws IOException {
    super.initialize(name, hadoop);
    uri =
        URI.create(
            name.getScheme() + "://" + (name.getAuthority() == null ? "/" : name.getAuthority()));
    workingDirectory = root();
    if (sameStore(root().toUri(), name)) {
      store = storeOf(name, hadoop);
      uri = store.getUri();
    }
  }

  private Path root() {
    return new Path(getConf().get(ROOT));
  }

  private static FileSystem storeOf(URI name, Configuration hadoop) throws IOException {
    Store key =
        new Store(name.getScheme(), name.getAuthority(), UserGroupInformation.getCurrentUser());
    FileSystem known = STORES.get(key);
    if (known == null) {
      Configuration without = new Configuration(hadoop);
      for (String setting :
          new String[] {implementation(name.getScheme()), cacheDisabled(name.getScheme())}) {
        String before = hadoop.get(ORIGINAL + setting);
        if (before == null) {
          without.unset(setting);
        } else {
          without.set(setting, before);
        }
      }
      known = FileSystem.get(name, without);
      STORES.put(key, known);
    }
    return known;
  }

  /** The store, for a path that may be read. */
  private FileSystem readable(Path path) throws IOException {
    requireBelow(root(), makeQualified(path));
    return store;
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return readable(path).open(path, bufferSize);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return readable(path).getFileStatus(path);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return readable(path).listStatus(path);
  }

  /** Tasks go to where the blocks are. */
  @Override
  public BlockLocation[] getFileBlockLocations(FileStatus file, long start, long length)
      throws IOException {
    return readable(file.getPath()).getFileBlockLocations(file, start, length);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    throw refused("write", path);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress)
      throws IOException {
    throw refused("append to", path);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    throw refused("rename", from);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    throw refused("delete", path);
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    throw refused("make", path);
  }

  @Override
  public void setWorkingDirectory(Path folder) {
    workingDirectory = folder;
  }

  @Override
  public Path getWorkingDirectory() {
    return workingDirectory;
  }

  private static AccessControlException refused(String what, Path path) {
    return new AccessControlException("This session reads, it cannot %s %s".formatted(what, path));
  }
}
