package io.medallion.lakehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NioLocalFileSystemTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-x--x", "rw-------", "r--r-----", "rwxrwxrwx", "---------"})
  void permissionsAreThoseAskedFor(String asked) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    ours()
        .setPermission(
            new org.apache.hadoop.fs.Path(file.toUri()), FsPermission.valueOf("-" + asked));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo(asked);
  }

  /** Created by both, files, checksums and folders look alike. */
  @Test
  void whatIsCreatedLooksAsHadoopsOwn() throws IOException {
    try (FileSystem hadoops = opened(new LocalFileSystem());
        FileSystem ours = ours()) {
      create(hadoops, folder.resolve("hadoop"));
      create(ours, folder.resolve("ours"));
    }

    for (String name : new String[] {"", "a", "a/file", "a/.file.crc"}) {
      assertThat(Files.getPosixFilePermissions(folder.resolve("ours").resolve(name)))
          .as("permissions of %s", name)
          .isEqualTo(Files.getPosixFilePermissions(folder.resolve("hadoop").resolve(name)));
    }
    assertThat(folder.resolve("ours/a/.file.crc"))
        .hasSameBinaryContentAs(folder.resolve("hadoop/a/.file.crc"));
  }

  private static void create(FileSystem files, Path below) throws IOException {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(below.toUri());
    files.mkdirs(new org.apache.hadoop.fs.Path(folder, "a"));
    try (FSDataOutputStream out = files.create(new org.apache.hadoop.fs.Path(folder, "a/file"))) {
      out.writeUTF("content");
    }
  }

  private static FileSystem ours() throws IOException {
    return opened(new NioLocalFileSystem());
  }

  private static FileSystem opened(FileSystem files) throws IOException {
    files.initialize(Path.of("/").toUri(), new Configuration());
    return files;
  }
}
