package io.medallion.e2e.security;

import io.medallion.demo.services.Ports;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A broker in this process that talks to nobody without TLS and a password. */
final class SaslBroker implements AutoCloseable {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"";

  private final KafkaRaftServer server;
  private final int port;
  private final ServerCertificate certificate;

  private SaslBroker(KafkaRaftServer server, int port, ServerCertificate certificate) {
    this.server = server;
    this.port = port;
    this.certificate = certificate;
  }

  /** Starts one that knows the user {@code medallion} by this password. */
  static SaslBroker start(Path folder, ServerCertificate certificate, String password)
      throws IOException {
    int port = Ports.free();
    int controller = Ports.free();
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    properties.put(
        "listeners",
        "SASL_SSL://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    properties.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
    properties.put("ssl.keystore.location", certificate.keyStore().toString());
    properties.put("ssl.keystore.password", certificate.password());
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("inter.broker.listener.name", "SASL_SSL");
    properties.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    properties.put("sasl.enabled.mechanisms", "PLAIN");
    properties.put(
        "listener.name.sasl_ssl.plain.sasl.jaas.config",
        (LOGIN + " user_broker=\"%s\" user_medallion=\"%s\";")
            .formatted("broker", "of-the-broker", "of-the-broker", password));
    properties.put("log.dirs", folder.resolve("data").toString());
    properties.put("offsets.topic.replication.factor", "1");
    // The broker is a client of its own listener.
    properties.put("ssl.truststore.location", certificate.trustStore().toString());
    properties.put("ssl.truststore.password", certificate.password());
    Files.createDirectories(folder);
    Path file = folder.resolve("broker.properties");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    if (StorageTool.execute(format, new PrintStream(System.out)) != 0) {
      throw new IOException("cannot format " + folder);
    }
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    server.startup();
    return new SaslBroker(server, port, certificate);
  }

  /** What a client needs to get in, by the names of Kafka's options. */
  Map<String, String> client(String password) {
    return Map.of(
        "bootstrap.servers",
        "127.0.0.1:" + port,
        "security.protocol",
        "SASL_SSL",
        "ssl.truststore.location",
        certificate.trustStore().toString(),
        "ssl.truststore.password",
        certificate.password(),
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        (LOGIN + ";").formatted("medallion", password));
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
