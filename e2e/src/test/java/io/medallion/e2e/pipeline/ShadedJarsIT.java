package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a layer's jars hold of others comes with the licences and notices of these. */
class ShadedJarsIT {
  private static final Pattern TERMS =
      Pattern.compile(
          "(META-INF/)?(licenses/.+/)?(LICENSE|NOTICE)(\\.\\w+)?", Pattern.CASE_INSENSITIVE);
  private static final Path OURS =
      Path.of(System.getProperty("basedir", ".")).resolveSibling("LICENSE");
  private static final String POMS = "META-INF/maven/";

  @ParameterizedTest
  @CsvSource({"bronze,thin", "silver,thin", "gold,thin", "bronze,all", "silver,all", "gold,all"})
  void theyHoldTheTermsOfAllThatIsInside(String layer, String classifier) throws IOException {
    try (JarFile shaded = new JarFile(SparkSubmitIT.jar(layer, classifier).toFile())) {
      Set<String> inside = artifacts(shaded);
      Set<String> words = lines(shaded);
      List<String> holders = new ArrayList<>();
      for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        if (!path.endsWith(".jar")) {
          continue;
        }
        try (JarFile part = new JarFile(Path.of(path).toFile())) {
          Set<String> artifacts = artifacts(part);
          Set<String> terms = lines(part);
          if (artifacts.size() == 1 && inside.containsAll(artifacts) && !terms.isEmpty()) {
            holders.addAll(artifacts);
            assertThat(words).as("the terms of " + artifacts).containsAll(terms);
          }
        }
      }
      assertThat(words).as("our own licence").containsAll(lines(Files.readAllBytes(OURS)));
      // The small jars hold parts that bring none along, and whose licence is also ours.
      assertThat(holders.isEmpty())
          .as("no part brings terms along")
          .isEqualTo(classifier.equals("thin"));
    }
  }

  /** By the descriptors that Maven's jars hold. */
  private static Set<String> artifacts(JarFile jar) {
    Set<String> artifacts = new HashSet<>();
    jar.stream()
        .map(JarEntry::getName)
        .filter(name -> name.startsWith(POMS) && name.endsWith("/pom.properties"))
        .forEach(name -> artifacts.add(name.substring(POMS.length(), name.lastIndexOf('/'))));
    return artifacts;
  }

  /** What its licences and notices say, without the white space around it. */
  private static Set<String> lines(JarFile jar) throws IOException {
    Set<String> lines = new HashSet<>();
    for (JarEntry entry : jar.stream().filter(e -> isTerms(e.getName())).toList()) {
      try (InputStream in = jar.getInputStream(entry)) {
        lines.addAll(lines(in.readAllBytes()));
      }
    }
    return lines;
  }

  private static Set<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.toSet());
  }

  private static boolean isTerms(String name) {
    return TERMS.matcher(name).matches();
  }
}
