package io.medallion.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClassNamesTest {
  private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z0-9]+[A-Z][A-Za-z0-9]+)[.`]");

  /** Of Delta and the JDK. */
  private static final Set<String> FOREIGN =
      Set.of("DeltaLog", "OptimisticTransaction", "NoClassDefFoundError");

  @Test
  void classesThatPagesNameExist() throws IOException {
    Set<String> named = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Documents.root().resolve("docs"))) {
      for (Path page : files.filter(file -> file.toString().endsWith(".md")).toList()) {
        CLASS
            .matcher(Files.readString(page))
            .results()
            .map((MatchResult match) -> match.group(1))
            .forEach(named::add);
      }
    }
    assertThat(named).contains("SessionParts", "DedupResult", "LagEstimator");
    named.removeAll(FOREIGN);
    assertThat(sources()).containsAll(named);
  }

  private static Set<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Documents.root())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }
  }
}
