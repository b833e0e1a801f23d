package io.medallion.demo.services;

import io.medallion.common.Sha256;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, unpacked once for each user of the machine. */
final class PostgresBinaries {
  private static final int EXECUTABLE = 0111;

  private final Path home;

  private PostgresBinaries(Path home) {
    this.home = home;
  }

  /**
   * Unpacks the programs for this platform where that has not been done yet.
   *
   * @param fallback where to unpack if the user's cache folder cannot be written
   */
  static PostgresBinaries unpacked(Path fallback) {
    byte[] archive = archive();
    String name = "postgres-" + digest(archive).substring(0, 16);
    try {
      return new PostgresBinaries(unpack(archive, cache().resolve(name)));
    } catch (IOException e) {
      return unpackedIn(fallback.resolve(name), archive);
    }
  }

  /**
   * The command that runs a program. Postgres refuses to run as root; in a user namespace of its
   * own root is nobody, yet keeps the ownership of its files.
   */
  List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** A process whose surroundings say nothing to Postgres. */
  ProcessBuilder process(String program, String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(command(program, arguments));
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("PG"));
    environment.put("LC_ALL", "C");
    environment.put("TZ", "UTC");
    return builder;
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static PostgresBinaries unpackedIn(Path folder, byte[] archive) {
    try {
      return new PostgresBinaries(unpack(archive, folder));
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "PostgreSQL's programs cannot be unpacked into " + folder,
          e.toString(),
          "Check the folder's rights and space.",
          e);
    }
  }

  private static Path cache() {
    String given = System.getenv("XDG_CACHE_HOME");
    Path base =
        given == null || given.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(given);
    return base.resolve("medallion");
  }

  private static byte[] archive() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String platform = system.contains("mac") ? "Darwin" : "Linux";
    try (InputStream in =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            platform, System.getProperty("os.arch"))) {
      return in.readAllBytes();
    } catch (IOException | IllegalStateException e) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "There are no PostgreSQL programs for this platform",
          e.toString(),
          "Linux and macOS on x86-64 or arm64 are supported; elsewhere use your own Postgres.",
          e);
    }
  }

  private static Path unpack(byte[] archive, Path home) throws IOException {
    if (Files.isDirectory(home)) {
      return home;
    }
    Files.createDirectories(home.getParent());
    Path fresh = Files.createTempDirectory(home.getParent(), ".unpacking-");
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        unpack(in, entry, fresh);
      }
    }
    publish(fresh, home);
    return home;
  }

  private static void publish(Path fresh, Path home) throws IOException {
    try {
      Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      DataFolder.deleteTree(fresh);
      // Another process was faster: its copy is as good.
      if (!Files.isDirectory(home)) {
        throw e;
      }
    }
  }

  private static void unpack(TarArchiveInputStream in, TarArchiveEntry entry, Path folder)
      throws IOException {
    Path target = folder.resolve(entry.getName()).normalize();
    if (!target.startsWith(folder)) {
      throw new IOException("The archive names " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    if (entry.isLink()) {
      Files.createLink(target, folder.resolve(entry.getLinkName()).normalize());
      return;
    }
    Files.copy(in, target);
    Files.setPosixFilePermissions(target, permissions(entry.getMode()));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions =
        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    if ((mode & EXECUTABLE) != 0) {
      permissions.add(PosixFilePermission.OWNER_EXECUTE);
    }
    return permissions;
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(Sha256.begin().digest(bytes));
  }
}
