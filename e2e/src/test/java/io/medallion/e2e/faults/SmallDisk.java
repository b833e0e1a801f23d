package io.medallion.e2e.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of its own, in memory, that can be filled to the last byte. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts it at a folder, made if it is missing. Skips the test if that is not allowed. */
  static SmallDisk mount(Path folder, int megabytes) throws IOException {
    Files.createDirectories(folder);
    boolean mounted =
        succeeds(
            List.of(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "mode=0700,size=" + megabytes + "m",
                "tmpfs",
                folder.toString()));
    assumeTrue(mounted, "This user may not mount a tmpfs: no disk can be filled here.");
    return new SmallDisk(folder);
  }

  /** Takes all the space that is left. */
  void fill() throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (Files.getFileStore(folder).getUsableSpace() > 0) {
        out.write(block);
      }
    } catch (IOException e) {
      if (Files.getFileStore(folder).getUsableSpace() > 0) {
        throw e;
      }
    }
  }

  /** Gives it back. */
  void empty() throws IOException {
    Files.delete(ballast());
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  private static boolean succeeds(List<String> command) throws IOException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Unmounts it, whoever still has a file of it open. */
  @Override
  public void close() throws IOException {
    succeeds(List.of("umount", "--lazy", folder.toString()));
  }
}
