package io.medallion.e2e.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A package repository in a folder, with what {@code spark-submit --packages} fetches for the
 * layers: the connectors' own jars, and descriptions that name each other and nothing that Spark
 * brings.
 */
final class FileRepository {
  private static final String SCALA = "2.13";
  private static final String SPARK = "4.2.0";
  private static final String DELTA = "4.4.0";
  static final String DELTA_SPARK = "io.delta:delta-spark_4.2_%s:%s".formatted(SCALA, DELTA);
  static final String KAFKA = "org.apache.spark:spark-sql-kafka-0-10_%s:%s".formatted(SCALA, SPARK);
  static final String POSTGRESQL = "org.postgresql:postgresql:42.7.14";

  /** What each package that a user names brings along. */
  private static final Map<String, List<String>> BRINGS =
      Map.of(
          DELTA_SPARK,
          List.of(
              "io.delta:delta-storage:" + DELTA,
              "io.delta:delta-kernel-api:" + DELTA,
              "io.delta:delta-kernel-defaults:" + DELTA,
              "io.delta:delta-kernel-unitycatalog:" + DELTA,
              "io.unitycatalog:unitycatalog-client:0.6.0",
              "io.unitycatalog:unitycatalog-hadoop:0.6.0"),
          KAFKA,
          List.of(
              // A full registry has the connector's own release of it; here any release stands in.
              "org.apache.spark:spark-token-provider-kafka-0-10_%s:%s".formatted(SCALA, SPARK),
              "org.apache.kafka:kafka-clients:3.9.2",
              "org.apache.commons:commons-pool2:2.13.1"),
          POSTGRESQL,
          List.of());

  private final Path folder;

  private FileRepository(Path folder) {
    this.folder = folder;
  }

  static FileRepository in(Path folder) throws IOException {
    FileRepository repository = new FileRepository(folder);
    for (Map.Entry<String, List<String>> named : BRINGS.entrySet()) {
      repository.add(named.getKey(), named.getValue());
      for (String brought : named.getValue()) {
        repository.add(brought, List.of());
      }
    }
    return repository;
  }

  /** An Ivy settings file by which this repository is the only one there is. */
  Path ivySettings() throws IOException {
    return Files.writeString(
        folder.resolve("ivysettings.xml"),
        """
        <ivysettings>
          <settings defaultResolver="files"/>
          <caches defaultCacheDir="%s"/>
          <resolvers><ibiblio name="files" m2compatible="true" root="%s"/></resolvers>
        </ivysettings>
        """
            .formatted(folder.resolve("cache"), folder.toUri()));
  }

  private void add(String coordinates, List<String> dependencies) throws IOException {
    String[] parts = coordinates.split(":");
    Path place =
        Files.createDirectories(
            folder.resolve(parts[0].replace('.', '/')).resolve(parts[1]).resolve(parts[2]));
    String name = parts[1] + "-" + parts[2];
    Files.copy(jar(parts[1]), place.resolve(name + ".jar"));
    StringBuilder pom = new StringBuilder("<project><modelVersion>4.0.0</modelVersion>");
    pom.append(tags(parts)).append("<dependencies>");
    dependencies.forEach(
        d -> pom.append("<dependency>").append(tags(d.split(":"))).append("</dependency>"));
    Files.writeString(place.resolve(name + ".pom"), pom.append("</dependencies></project>"));
  }

  private static String tags(String[] parts) {
    return "<groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>"
        .formatted(parts[0], parts[1], parts[2]);
  }

  private static Path jar(String artifact) {
    return SparkHome.classPath()
        .filter(path -> path.getParent().getParent().getFileName().toString().equals(artifact))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException(artifact + " is not on the test's class path"));
  }
}
