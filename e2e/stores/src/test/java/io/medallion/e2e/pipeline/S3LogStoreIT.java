package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.store.S3ConditionalWriteLogStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that publish versions of one table in a bucket at the same moment. */
@Tag("full")
class S3LogStoreIT {
  private static final String HADOOP = "spark.hadoop.";
  private static final int VERSIONS = 150;
  private static final char READY = 'r';
  private static final char WON = 'w';
  private static final char LOST = 'l';

  @TempDir Path folder;

  @Test
  void ofTwoProcessesThatRaceForAVersionExactlyOneGetsIt() throws Exception {
    try (S3Server s3 = S3Server.start(folder)) {
      Map<String, String> lake = s3.lake("race");
      List<String> names = List.of("a", "b");
      List<Process> racers = new ArrayList<>();
      for (String name : names) {
        racers.add(racer(name, lake));
      }
      for (Process racer : racers) {
        assertThat(racer.getInputStream().read()).isEqualTo(READY);
      }
      Configuration hadoop = hadoop(lake);
      S3ConditionalWriteLogStore store = new S3ConditionalWriteLogStore(hadoop);
      for (int version = 0; version < VERSIONS; version++) {
        for (Process racer : racers) {
          racer.getOutputStream().write('\n');
          racer.getOutputStream().flush();
        }
        List<Character> outcome = new ArrayList<>();
        for (Process racer : racers) {
          outcome.add((char) racer.getInputStream().read());
        }
        assertThat(outcome).as("version %d", version).containsExactlyInAnyOrder(WON, LOST);
        assertThat(store.read(version(lake.get("lake.path"), version), hadoop).next())
            .isEqualTo(names.get(outcome.indexOf(WON)));
      }
      for (Process racer : racers) {
        racer.getOutputStream().close();
        assertThat(racer.waitFor()).isZero();
      }
    }
  }

  private static Process racer(String name, Map<String, String> lake) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Racer.class.getName(),
                lake.get("lake.path"),
                name)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(lake);
    return builder.start();
  }

  private static Configuration hadoop(Map<String, String> settings) {
    Configuration hadoop = new Configuration();
    settings.forEach(
        (name, value) -> {
          if (name.startsWith(HADOOP)) {
            hadoop.set(name.substring(HADOOP.length()), value);
          }
        });
    return hadoop;
  }

  private static org.apache.hadoop.fs.Path version(String lake, int version) {
    return new org.apache.hadoop.fs.Path(lake, "_delta_log/%020d.json".formatted(version));
  }

  /** Tries to own the next version at each sign, and tells whether it does. */
  static final class Racer {
    private Racer() {}

    public static void main(String[] args) throws IOException {
      Configuration hadoop = hadoop(System.getenv());
      S3ConditionalWriteLogStore store = new S3ConditionalWriteLogStore(hadoop);
      version(args[0], 0).getFileSystem(hadoop);
      tell(READY);
      for (int version = 0; System.in.read() >= 0; version++) {
        try {
          store.write(version(args[0], version), List.of(args[1]).iterator(), false, hadoop);
          tell(WON);
        } catch (FileAlreadyExistsException e) {
          tell(LOST);
        }
      }
    }

    private static void tell(char what) {
      System.out.print(what);
      System.out.flush();
    }
  }
}
