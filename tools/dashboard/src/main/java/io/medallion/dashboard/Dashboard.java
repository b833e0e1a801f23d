package io.medallion.dashboard;

import com.sun.net.httpserver.HttpServer;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.dashboard.api.Access;
import io.medallion.dashboard.api.LakeReader;
import io.medallion.dashboard.api.ReadApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The live page: serves itself and what gold says, over HTTP. It listens on the loopback address
 * unless told otherwise, and gives numbers to other machines for a token alone.
 */
public final class Dashboard implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;
  private final Poller poller;
  private final ReadApi api;

  private Dashboard(HttpServer server, ExecutorService threads, Poller poller, ReadApi api) {
    this.server = server;
    this.threads = threads;
    this.poller = poller;
    this.api = api;
  }

  /**
   * Starts to serve; Postgres may be away and come later.
   *
   * @param lake is asked what numbers are made of; whoever gives it closes it
   * @throws MedallionException if the address cannot be listened on
   */
  public static Dashboard start(Configuration configuration, LakeReader lake) {
    return start(configuration, Math.toIntExact(configuration.get(Keys.DASHBOARD_PORT)), lake);
  }

  /**
   * The same on another port.
   *
   * @param port 0 for a free one
   * @throws MedallionException if the address cannot be listened on
   */
  public static Dashboard start(Configuration configuration, int port, LakeReader lake) {
    String host = configuration.get(Keys.DASHBOARD_HOST);
    try {
      InetAddress address = InetAddress.getByName(host);
      HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
      ExecutorService threads = Executors.newCachedThreadPool(Dashboard::thread);
      Poller poller = new Poller(new GoldPage(configuration));
      server.setExecutor(threads);
      boolean local = address.isLoopbackAddress() || configuration.get(Keys.DASHBOARD_LOCAL);
      Access access = Access.of(configuration, local);
      ReadApi api = new ReadApi(configuration, access, lake);
      server.createContext("/", new Pages(poller, api, access));
      server.start();
      return new Dashboard(server, threads, poller, api);
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "The dashboard cannot listen on %s port %d".formatted(host, port),
          String.valueOf(e.getMessage()),
          "Give another dashboard.port (0 for a free one) or dashboard.host.",
          e);
    }
  }

  /** Where the page is for a browser on this machine. */
  public String url() {
    InetSocketAddress address = server.getAddress();
    boolean here =
        address.getAddress().isLoopbackAddress() || address.getAddress().isAnyLocalAddress();
    String host = here ? "localhost" : address.getHostString();
    return "http://" + host + ":" + address.getPort() + "/";
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "dashboard");
    thread.setDaemon(true);
    return thread;
  }

  /** Ends every open page's stream and gives the port back. */
  @Override
  public void close() {
    poller.close();
    threads.shutdownNow();
    server.stop(0);
    api.close();
  }
}
