package io.medallion.demo.services;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What embedded services need to know.
 *
 * @param dataDir where the broker's and the database's data live; made if it is missing
 * @param lakePath the lake that the announcement names; nothing is created there
 * @param announcement the file (0600) that tells other commands where the services are
 * @param kafkaPort the broker's port
 * @param postgresPort the database's port
 * @param topic the topic that is created if it is missing
 * @param partitions the partitions of a new topic
 * @param contract the YAML of what an event is, which the announcement names as a file; null for
 *     none
 */
public record ServicesSettings(
    Path dataDir,
    Path lakePath,
    Path announcement,
    PortChoice kafkaPort,
    PortChoice postgresPort,
    String topic,
    int partitions,
    String contract) {
  static final String DEFAULT_TOPIC = "clickstream_events";
  static final int DEFAULT_PARTITIONS = 4;

  /** Checks and makes paths absolute: children do not share our working directory for ever. */
  public ServicesSettings {
    dataDir = dataDir.toAbsolutePath().normalize();
    lakePath = lakePath.toAbsolutePath().normalize();
    announcement = announcement.toAbsolutePath().normalize();
    Objects.requireNonNull(topic);
  }

  /** Everything below one folder, on free ports: the lake in {@code lake}. */
  public static ServicesSettings in(Path dataDir, Path announcement) {
    return new ServicesSettings(
        dataDir,
        dataDir.resolve("lake"),
        announcement,
        PortChoice.ANY,
        PortChoice.ANY,
        DEFAULT_TOPIC,
        DEFAULT_PARTITIONS,
        null);
  }

  /** The same on these ports. */
  public ServicesSettings withPorts(PortChoice kafka, PortChoice postgres) {
    return new ServicesSettings(
        dataDir, lakePath, announcement, kafka, postgres, topic, partitions, contract);
  }

  /** The same with a contract, as YAML. */
  public ServicesSettings withContract(String yaml) {
    return new ServicesSettings(
        dataDir, lakePath, announcement, kafkaPort, postgresPort, topic, partitions, yaml);
  }
}
