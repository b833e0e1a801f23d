package io.medallion.lakehouse.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.lakehouse.delta.LakeTableIT;
import io.medallion.lakehouse.delta.WithBronze;
import io.medallion.lakehouse.spark.ReadOnlyExtension;
import io.medallion.lakehouse.store.HardLinkLogStore;
import io.medallion.lakehouse.store.ReadOnlyFileSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a session for reading cannot do, asked of it directly: no guard looks at statements here.
 */
class ReadingSessionIT extends WithBronze {
  @TempDir java.nio.file.Path outside;
  private SparkSession reader;
  private Map<String, String> before;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(outside.resolve("secret"), "secret");
    bronze.begin(spark).append(LakeTableIT.rows(0, 3)).commit();
    reader = lake.session().newSession();
    ReadingSession.settings(lake).forEach(reader.conf()::set);
    reader.conf().set("spark.sql.shuffle.partitions", "1");
    assertThat(reader.sql("SELECT * FROM bronze").collectAsList()).hasSize(3);
    before = bytes();
  }

  @Test
  void itRunsNoCommand() throws IOException {
    for (String command :
        new String[] {
          "SET a = b", "RESET", "SHOW TABLES", "DROP TABLE bronze", "OPTIMIZE bronze"
        }) {
      assertThatThrownBy(() -> reader.sql(command)).hasMessageContaining("runs no command");
    }
    assertThat(bytes()).isEqualTo(before);
  }

  /** Were it to run commands, the files would still be as they were. */
  @Test
  void noFileIsWritten() throws IOException {
    reader.conf().unset(ReadOnlyExtension.ON);
    String there = outside.resolve("new").toString();
    for (ThrowingCallable write :
        new ThrowingCallable[] {
          () -> reader.range(1).write().parquet(there),
          () -> reader.range(1).write().mode("append").text(folder + "/new"),
          () -> reader.range(1).write().format("delta").save(there),
          () -> reader.range(1).write().format("delta").save(folder + "/new"),
          () -> reader.table("bronze").write().format("delta").mode("append").save(bronze.path()),
          () ->
              reader.table("bronze").write().format("delta").mode("overwrite").save(bronze.path()),
          () -> reader.sql("DELETE FROM bronze"),
          () -> reader.sql("INSERT INTO bronze SELECT * FROM bronze"),
          () -> reader.sql("DELETE FROM delta.`%s`".formatted(bronze.path())),
          () -> reader.sql("DROP TABLE bronze"),
          () -> reader.sql("ALTER TABLE bronze ADD COLUMNS (x int)"),
          () -> bronze.begin(reader).set("x", 1).commit(),
        }) {
      assertThatThrownBy(write).isNotNull();
    }
    assertThat(bytes()).isEqualTo(before);
    assertThat(outside.resolve("new")).doesNotExist();
  }

  @Test
  void itsFileSystemRefusesEveryChange() throws IOException {
    Path file = new Path(folder.toString(), "bronze/new");
    FileSystem files = file.getFileSystem(hadoop());
    Path there = files.listStatus(new Path(bronze.path(), "_delta_log"))[0].getPath();
    for (ThrowingCallable change :
        new ThrowingCallable[] {
          () -> files.create(file),
          () -> files.createFile(file).build(),
          () -> files.createNonRecursive(file, true, 1, (short) 1, 1, null),
          () -> files.createNewFile(file),
          () -> files.append(there),
          () -> files.rename(there, file),
          () -> files.delete(there, true),
          () -> files.mkdirs(file),
          () -> files.truncate(there, 0),
          () -> files.concat(there, new Path[] {there}),
          () -> files.createSymlink(there, file, true),
          () -> files.copyFromLocalFile(new Path(outside.toString(), "secret"), file),
          () -> files.moveFromLocalFile(new Path(outside.toString(), "secret"), file),
        }) {
      assertThatThrownBy(change).isNotNull();
    }
    assertThatThrownBy(() -> files.create(file)).isInstanceOf(AccessControlException.class);
    assertThat(bytes()).isEqualTo(before);
  }

  @Test
  void nothingOutsideOfTheLakeIsThere() throws IOException {
    for (String place :
        new String[] {
          outside + "/secret",
          "file:" + outside + "/secret",
          folder + "/../" + outside.getFileName() + "/secret",
          folder + "/bronze/../../" + outside.getFileName() + "/secret",
          folder + "x",
          "/etc/passwd",
          "/",
        }) {
      Path path = new Path(place);
      FileSystem files = path.getFileSystem(hadoop());
      assertThat(files.exists(path)).as(place).isFalse();
      assertThatThrownBy(() -> files.open(path)).isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> files.listStatus(path)).isInstanceOf(FileNotFoundException.class);
      assertThatThrownBy(() -> reader.read().text(place).collectAsList()).isNotNull();
    }
  }

  @Test
  void noOtherStoreIsThere() throws IOException {
    for (String store :
        new String[] {"http://localhost/x", "hdfs://localhost/x", "ftp://localhost/x"}) {
      FileSystem files = FileSystem.get(URI.create(store), hadoop());
      assertThat(files).isInstanceOf(ReadOnlyFileSystem.class);
      assertThatThrownBy(() -> files.open(new Path(store)))
          .isInstanceOf(FileNotFoundException.class);
    }
  }

  @Test
  void hadoopsOtherInterfaceIsNotThere() {
    for (String store : new String[] {"file:///", "hdfs://localhost/", "s3a://bucket/"}) {
      assertThatThrownBy(() -> FileContext.getFileContext(URI.create(store), hadoop()))
          .as(store)
          .hasStackTraceContaining(ReadOnlyFileSystem.class.getName());
    }
  }

  /** The log store lists and writes past Hadoop. */
  @Test
  void itsLogStoreIsBoundInTheSameWay() {
    HardLinkLogStore log = new HardLinkLogStore(hadoop());
    assertThatThrownBy(() -> log.listFrom(new Path(outside.toString(), "0"), hadoop()))
        .isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(
            () ->
                log.write(
                    new Path(bronze.path(), "_delta_log/9.json"),
                    java.util.List.of("{}").iterator(),
                    false,
                    hadoop()))
        .isInstanceOf(AccessControlException.class);
  }

  private Configuration hadoop() {
    return reader.sessionState().newHadoopConf();
  }

  private Map<String, String> bytes() throws IOException {
    Map<String, String> bytes = new TreeMap<>();
    for (java.nio.file.Path root : new java.nio.file.Path[] {folder, outside}) {
      try (Stream<java.nio.file.Path> files = Files.walk(root)) {
        for (java.nio.file.Path file : (Iterable<java.nio.file.Path>) files::iterator) {
          bytes.put(
              file.toString(),
              Files.isDirectory(file) ? "" : HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
    }
    return bytes;
  }
}
