package io.medallion.connect;

import io.medallion.common.AccessTokens;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.operations.query.GuardedReading;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.service.SparkConnectService;
import org.apache.spark.sql.connect.service.SparkConnectService$;
import scala.Option;

/**
 * A Spark Connect server whose sessions read one lake, and gold, and can do no more: a process has
 * at most one, and its Spark is for nothing else.
 */
public final class ConnectServer implements AutoCloseable {
  private final String host;

  private ConnectServer(String host) {
    this.host = host;
  }

  /**
   * Starts it, where the configuration says.
   *
   * @param lake whose session becomes the server's; whoever has made it stops it
   * @throws MedallionException if it would listen for other machines without asking for a token, or
   *     the port is taken
   */
  public static ConnectServer start(Lake lake, Configuration configuration) {
    String host = configuration.get(Keys.CONNECT_HOST);
    long port = configuration.get(Keys.CONNECT_PORT);
    AccessTokens tokens = AccessTokens.of(configuration, Keys.CONNECT_TOKENS);
    if (tokens.readers().stream().anyMatch(reader -> reader.site().isPresent())) {
      throw new MedallionException(
          ErrorCode.CONFIG_INVALID_VALUE,
          "%s has a reader of one site".formatted(Keys.CONNECT_TOKENS.name()),
          "Whoever asks by Spark Connect reads the tables of all sites.",
          "Give this reader one of %s.".formatted(Keys.DASHBOARD_TOKENS.name()));
    }
    if (tokens.isEmpty() && !isThisMachine(host)) {
      throw new MedallionException(
          ErrorCode.CONFIG_INVALID_VALUE,
          "%s=%s is open to other machines, and nobody is asked for a token"
              .formatted(Keys.CONNECT_HOST.name(), host),
          "Whoever reaches the server reads every event.",
          "Give %s-file, a file with a line 'name: token' for each reader."
              .formatted(Keys.CONNECT_TOKENS.name()));
    }
    GuardedReading reading = new GuardedReading(lake, configuration);
    SparkSession base = base(lake.session(), reading);
    GuardInterceptor.decideBy(new GuardInterceptor.Rules(new RequestGuard(reading, base), tokens));
    SparkConf settings = SparkEnv.get().conf();
    settings.set("spark.connect.grpc.interceptor.classes", GuardInterceptor.class.getName());
    settings.set("spark.connect.grpc.binding.address", host);
    settings.set("spark.connect.grpc.binding.port", Long.toString(port));
    try {
      SparkConnectService.start(base.sparkContext());
    } catch (RuntimeException e) {
      throw notStarted(host, port, e);
    } catch (Exception e) {
      // Scala throws it undeclared.
      throw notStarted(host, port, e);
    }
    return new ConnectServer(host);
  }

  /** What every session of a client is made from: its settings are theirs from the first moment. */
  private static SparkSession base(SparkSession ours, GuardedReading reading) {
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    SparkSession.Builder builder = SparkSession.builder();
    reading.settings().forEach(builder::config);
    SparkSession base = builder.getOrCreate();
    if (base == ours || base.sparkContext() != ours.sparkContext()) {
      throw new IllegalStateException("Spark made no session of its own for readers");
    }
    return base;
  }

  private static boolean isThisMachine(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static MedallionException notStarted(String host, long port, Exception cause) {
    return new MedallionException(
        ErrorCode.SERVICE_NOT_STARTED,
        "Spark Connect cannot listen on %s:%d".formatted(host, port),
        String.valueOf(cause.getMessage()),
        "Give another connect.port (0 for a free one) or connect.host.",
        cause);
  }

  /** What a client connects to, such as {@code sc://127.0.0.1:15002}. */
  public String url() {
    return "sc://%s:%d"
        .formatted(
            host.contains(":") ? "[" + host + "]" : host,
            SparkConnectService$.MODULE$.server().getPort());
  }

  /** Ends it; queries that run get a second to end by themselves. */
  @Override
  public void close() {
    GuardInterceptor.decideBy(null);
    SparkConnectService.stop(Option.apply(1L), Option.apply(TimeUnit.SECONDS));
  }
}
