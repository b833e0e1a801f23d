package io.medallion.lakehouse.layer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a layer's {@code /metrics}, {@code /healthz} and {@code /readyz}, where a port is set, and
 * looks at where it stands every few seconds.
 */
final class HealthServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthServer.class);
  private static final long LOOK_SECONDS = 5;
  private static final int THREADS = 2;
  private static final int OK = 200;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private final Duration patience;
  private final HttpServer server;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(1, HealthServer::daemon);
  private final LagEstimator lagEstimator = new LagEstimator();
  private volatile Layer layer;
  private volatile ScheduledFuture<?> looks;
  private volatile boolean looked;
  private volatile String trouble;
  private volatile long taken;
  private volatile long waiting;
  private volatile Instant behindSince;

  private HealthServer(HttpServer server, Duration patience) {
    this.server = server;
    this.patience = patience;
  }

  /**
   * Opens the port, so that whoever supervises the process gets an answer from its beginning.
   *
   * @return empty if no port is set
   * @throws MedallionException if the port cannot be had
   */
  static Optional<HealthServer> open(Configuration configuration) {
    return configuration.find(Keys.METRICS_PORT).map(port -> open(configuration, port.intValue()));
  }

  private static HealthServer open(Configuration configuration, int port) {
    InetSocketAddress address = new InetSocketAddress(configuration.get(Keys.METRICS_HOST), port);
    try {
      HealthServer monitor =
          new HealthServer(
              HttpServer.create(address, 0), configuration.get(Keys.HEALTH_STALL_TIMEOUT));
      monitor.serve();
      return monitor;
    } catch (IOException | IllegalArgumentException e) {
      throw new MedallionException(
          ErrorCode.METRICS_NOT_SERVED,
          "Metrics cannot be served at %s".formatted(address),
          e.toString(),
          "Name another port by metrics.port, or another address of this machine by metrics.host.",
          e);
    }
  }

  private void serve() {
    server.setExecutor(Executors.newFixedThreadPool(THREADS, HealthServer::daemon));
    server.createContext("/healthz", exchange -> answer(exchange, LayerHealth::live));
    server.createContext("/readyz", exchange -> answer(exchange, LayerHealth::ready));
    server.start();
  }

  /** Begins to look at a layer and to tell its numbers. */
  void watch(Layer watched) {
    layer = watched;
    watched.metrics().health(this::health);
    server.createContext("/metrics", new MetricsHandler(watched.metrics().registry()));
    looks = threads.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    LOG.info("layer={} serves metrics at {}", watched.name(), server.getAddress());
  }

  private void look() {
    try {
      LayerProgress progress = layer.progress();
      Instant now = Instant.now();
      Instant newest =
          progress.newestMicros() > 0
              ? Instant.EPOCH.plus(progress.newestMicros(), ChronoUnit.MICROS)
              : null;
      layer
          .metrics()
          .progress(progress, lagEstimator.lag(now, progress.taken(), progress.waiting(), newest));
      taken = progress.taken();
      waiting = progress.waiting();
      looked = true;
      if (waiting <= 0) {
        behindSince = null;
      } else if (behindSince == null) {
        behindSince = now;
      }
      trouble = null;
    } catch (RuntimeException e) {
      MedallionException known = MedallionException.in(e);
      trouble = known == null ? e.toString() : known.problem();
    }
  }

  private LayerHealth health() {
    if (layer == null) {
      return new LayerHealth(LayerHealth.State.STARTING, "the process comes up");
    }
    return LayerHealth.of(
        new LayerHealth.Facts(
            layer.running(),
            looked && (layer.working() || waiting > 0),
            layer.rebuilding(),
            layer.retryReason().orElse(null),
            trouble,
            taken,
            waiting,
            behindSince,
            layer.lastBatchAt().orElse(null)),
        Instant.now(),
        patience);
  }

  private void answer(HttpExchange exchange, Predicate<LayerHealth> good) throws IOException {
    LayerHealth health = health();
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
        return;
      }
      byte[] body =
          "%s: %s%n"
              .formatted(health.state().name().toLowerCase(Locale.ROOT), health.reason())
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(good.test(health) ? OK : UNAVAILABLE, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "metrics");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    if (looks != null) {
      looks.cancel(true);
    }
    threads.shutdownNow();
    server.stop(0);
  }
}
