package io.medallion.lakehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.delta.WithBronze;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SubmittedFilesIT extends WithBronze {
  @Test
  void aFileThatSparkBroughtIsFoundByItsName() throws IOException {
    Path submitted = Files.writeString(folder.resolve("brought-city.mmdb"), "a database");

    assertThat(SubmittedFiles.of("brought-city.mmdb")).isEqualTo(Path.of("brought-city.mmdb"));
    spark.sparkContext().addFile(submitted.toString());

    assertThat(SubmittedFiles.of("brought-city.mmdb")).hasContent("a database");
    assertThat(SubmittedFiles.of(submitted.toString())).isEqualTo(submitted);
  }
}
