package io.medallion.gold.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  @Test
  void theNumberOfAFileIsTheVersionThatItMakes() {
    assertThat(Migrations.FILES)
        .zipSatisfy(
            IntStream.rangeClosed(1, Migrations.FILES.size()).boxed().toList(),
            (file, version) -> assertThat(file).startsWith("%03d_".formatted(version)));
  }

  @Test
  void everyFileOfTheFoldersRuns() throws IOException {
    List<String> numbered =
        names("schema").stream().filter(name -> Character.isDigit(name.charAt(0))).toList();
    assertThat(numbered).startsWith("000_versions").endsWith(last(Migrations.FILES));
    assertThat(numbered).hasSize(Migrations.FILES.size() + 1).containsAll(Migrations.FILES);
    // What a migration does before its files: it takes the schema, and names who has it.
    assertThat(names("schema")).hasSize(numbered.size() + 3).contains("session", "lock", "holders");
    assertThat(names("views")).containsExactlyInAnyOrderElementsOf(Migrations.VIEWS);
  }

  private static String last(List<String> files) {
    return files.get(files.size() - 1);
  }

  private static List<String> names(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../sql", folder))) {
      return files.map(file -> file.getFileName().toString().replace(".sql", "")).sorted().toList();
    }
  }
}
