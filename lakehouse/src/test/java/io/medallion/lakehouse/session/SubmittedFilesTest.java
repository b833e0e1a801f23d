package io.medallion.lakehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmittedFilesTest {
  @TempDir Path folder;

  @Test
  void aConfigurationThatWasSubmittedIsReadByItsName() throws IOException {
    Path submitted = Files.writeString(folder.resolve("own.properties"), "lake.path=/lake");
    String files = "hdfs://host/other.properties," + submitted.toUri();

    for (List<String> args :
        List.of(
            List.of("--once", "--config", "own.properties"), List.of("--config=own.properties"))) {
      List<String> found = SubmittedFiles.withConfiguration(args, files);

      String last = found.get(found.size() - 1);
      assertThat(Path.of(last.substring(last.indexOf('=') + 1))).hasContent("lake.path=/lake");
      assertThat(found).hasSameSizeAs(args);
    }
  }

  @Test
  void whatWasNotSubmittedStaysAsItIs() {
    List<String> named = List.of("--config", "/etc/own.properties", "--once");
    assertThat(SubmittedFiles.withConfiguration(named, "file:/etc/own.properties"))
        .isEqualTo(named);
    List<String> nowhere = List.of("--config", "own.properties");
    assertThat(SubmittedFiles.withConfiguration(nowhere, null)).isEqualTo(nowhere);
    assertThat(SubmittedFiles.withConfiguration(nowhere, "file:/x/more-own.properties"))
        .isEqualTo(nowhere);
  }

  @Test
  void withoutSparkAFileIsWhereItsNameSays() {
    assertThat(SubmittedFiles.of("city.mmdb")).isEqualTo(Path.of("city.mmdb"));
  }
}
