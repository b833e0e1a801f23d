package io.medallion.gold;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between gold and Postgres and cuts a connection at its COMMIT: before the server has it,
 * or after the server has done it and before gold hears.
 */
final class CommitProxy implements AutoCloseable {
  enum Cut {
    NEVER,
    BEFORE,
    AFTER
  }

  private static final byte[] COMMIT = "COMMIT".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server;
  private final int target;
  private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NEVER);
  private final AtomicInteger cuts = new AtomicInteger();

  CommitProxy(int target) {
    this.target = target;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread(this::accept);
  }

  /**
   * The same database by way of this proxy. With threshold 0 the driver names COMMIT each time;
   * else it prepares it at a connection's first, and what the proxy looks for comes no more.
   */
  String url(String postgres) {
    String here = postgres.replace(":" + target + "/", ":" + server.getLocalPort() + "/");
    return here + (here.contains("?") ? "&" : "?") + "prepareThreshold=0";
  }

  /** What happens to the next commit of any connection; then never again until told. */
  void cutNext(Cut cut) {
    next.set(cut);
  }

  /** How many were cut. */
  int cuts() {
    return cuts.get();
  }

  @SuppressWarnings("EmptyCatch")
  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket postgres = new Socket(InetAddress.getLoopbackAddress(), target);
        AtomicReference<Boolean> deaf = new AtomicReference<>(false);
        thread(() -> requests(client, postgres, deaf));
        thread(() -> answers(client, postgres, deaf));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void requests(Socket client, Socket postgres, AtomicReference<Boolean> deaf) {
    byte[] buffer = new byte[1 << 16];
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = postgres.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Cut cut = holdsCommit(buffer, n) ? next.getAndSet(Cut.NEVER) : Cut.NEVER;
        if (cut != Cut.NEVER) {
          cuts.incrementAndGet();
          deaf.set(true);
        }
        if (cut == Cut.BEFORE) {
          break;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
      postgres.close();
    } catch (IOException e) {
      close(postgres);
    }
  }

  /** Deaf, the first answer is the commit's: it is read, so that it is done, and not passed on. */
  private static void answers(Socket client, Socket postgres, AtomicReference<Boolean> deaf) {
    byte[] buffer = new byte[1 << 16];
    try (postgres) {
      InputStream in = postgres.getInputStream();
      OutputStream out = client.getOutputStream();
      for (int n = in.read(buffer); n >= 0 && !deaf.get(); n = in.read(buffer)) {
        out.write(buffer, 0, n);
        out.flush();
      }
      client.close();
    } catch (IOException e) {
      close(client);
    }
  }

  private static boolean holdsCommit(byte[] buffer, int length) {
    for (int i = 0; i + COMMIT.length <= length; i++) {
      if (java.util.Arrays.equals(buffer, i, i + COMMIT.length, COMMIT, 0, COMMIT.length)) {
        return true;
      }
    }
    return false;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "commit-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
