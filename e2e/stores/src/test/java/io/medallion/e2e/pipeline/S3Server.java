package io.medallion.e2e.pipeline;

import static org.awaitility.Awaitility.await;

import io.medallion.demo.services.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An S3 server over a folder, as a process of its own: its libraries are not ours. */
final class S3Server implements AutoCloseable {
  private static final Path CLASS_PATH = Path.of("..", "s3", "target", "classpath");

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one that keeps its objects in a folder, with one bucket. */
  static S3Server start(Path folder) throws IOException {
    int port = Ports.free();
    Path objects = folder.resolve("objects");
    Files.createDirectories(objects.resolve(bucket(port)));
    Path properties = folder.resolve("s3.properties");
    Files.write(
        properties,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.identity=" + System.getenv("AWS_ACCESS_KEY_ID"),
            "s3proxy.credential=" + System.getenv("AWS_SECRET_ACCESS_KEY"),
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + objects));
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-DLOG_LEVEL=warn",
                "-cp",
                Files.readString(CLASS_PATH).strip(),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3.log").toFile())
            .start();
    S3Server server = new S3Server(process, port);
    await().atMost(Duration.ofMinutes(2)).until(server::listens);
    return server;
  }

  private boolean listens() {
    if (!process.isAlive()) {
      throw new IllegalStateException("The S3 server ended with " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** One of its own for each server: Hadoop keeps a client by the name of the bucket. */
  private static String bucket(int port) {
    return "bucket-" + port;
  }

  /** The settings of a lake in it. */
  Map<String, String> lake(String name) {
    return Map.of(
        "lake.path",
        "s3a://" + bucket(port) + "/" + name,
        "spark.hadoop.fs.s3a.endpoint",
        "http://127.0.0.1:" + port,
        "spark.hadoop.fs.s3a.endpoint.region",
        "us-east-1",
        "spark.hadoop.fs.s3a.path.style.access",
        "true");
  }

  @Override
  public void close() {
    process.destroy();
  }
}
