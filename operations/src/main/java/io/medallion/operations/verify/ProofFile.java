package io.medallion.operations.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where the last proof is kept: a file of this machine, of which nobody but its owner can read a
 * byte, and which is there whole or as it was before.
 */
final class ProofFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;

  /**
   * What is there.
   *
   * @param proof empty if nothing can be taken from it
   * @param problem why not
   */
  record Last(Optional<Proof> proof, String problem) {
    private static Last none(String problem) {
      return new Last(Optional.empty(), problem);
    }
  }

  private ProofFile(Path path) {
    this.path = path;
  }

  /**
   * Makes sure that a proof can be kept there, before anybody waits for one.
   *
   * @throws MedallionException if it lies in the lake, or cannot be written
   */
  static ProofFile at(Path path, Lake lake) {
    Path file = path.toAbsolutePath().normalize();
    if (lake.localPath().filter(l -> file.startsWith(l.toAbsolutePath().normalize())).isPresent()) {
      throw refused(
          file,
          "It lies in the lake: whoever can change the tables could change the proof with them.",
          null);
    }
    try {
      if (!Files.isDirectory(file.getParent())) {
        Files.createDirectories(file.getParent(), rights(file, "rwx------"));
      }
    } catch (IOException e) {
      throw refused(file, e.toString(), e);
    }
    if (Files.isDirectory(file) || !Files.isWritable(file.getParent())) {
      throw refused(file, "This user has no right to write it.", null);
    }
    return new ProofFile(file);
  }

  Path path() {
    return path;
  }

  Last read() {
    try {
      JsonNode read = JSON.readTree(Files.readAllBytes(path));
      return read.path("format").asInt() == Proof.FORMAT && read.hasNonNull("tables")
          ? new Last(Optional.of(JSON.treeToValue(read, Proof.class)), "")
          : Last.none("what %s holds is no proof of this release".formatted(path));
    } catch (NoSuchFileException e) {
      return Last.none("there is none at " + path);
    } catch (IOException | IllegalArgumentException e) {
      return Last.none(path + " cannot be read");
    }
  }

  /**
   * Takes a proof's place.
   *
   * @throws MedallionException if it cannot be written; the last one is still there
   */
  void write(Proof proof) {
    try {
      Path written =
          Files.createTempFile(path.getParent(), ".proof", "", rights(path, "rw-------"));
      try {
        try (FileChannel out = FileChannel.open(written, StandardOpenOption.WRITE)) {
          ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(proof));
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
          out.force(true);
        }
        Files.move(
            written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw refused(path, e.toString(), e);
    }
  }

  private static FileAttribute<?>[] rights(Path path, String rights) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  private static MedallionException refused(Path path, String reason, IOException e) {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "No proof can be kept at " + path,
        reason,
        "Name a file by %s that this user can write, where nothing that writes the lake can."
            .formatted(Keys.VERIFY_PROOF.name()),
        e);
  }
}
