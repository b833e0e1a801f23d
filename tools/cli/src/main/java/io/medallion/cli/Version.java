package io.medallion.cli;

import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** What `medallion --version` says. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "medallion " + of(Medallion.class.getPackage().getImplementationVersion()),
      "Spark %s, Delta %s, Java %s (%s)"
          .formatted(
              package$.MODULE$.SPARK_VERSION(),
              io.delta.package$.MODULE$.VERSION(),
              System.getProperty("java.version"),
              System.getProperty("java.vendor"))
    };
  }

  /** Classes that are not in a jar have none. */
  private static String of(String version) {
    return version == null ? "(not a release)" : version;
  }
}
