package io.medallion.demo.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback address, from below the range that systems lend to outgoing
 * connections (from 32768 on Linux, from 49152 elsewhere). A port of that range may be lent to
 * somebody before its owner listens; even to one who asks for that very port, and so connects to
 * itself.
 */
public final class Ports {
  private static final int FIRST = 10_000;
  private static final int END = 32_768;
  private static final int ATTEMPTS = 1_000;

  private Ports() {}

  /** A port that nobody listened on a moment ago. */
  public static int free() {
    IOException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        last = e;
      }
    }
    throw new UncheckedIOException("No free port", last);
  }

  /** A port, or the next one that nobody listens on. */
  static int nextFree(int first) {
    for (int port = first; port < first + ATTEMPTS; port++) {
      if (isFree(port)) {
        return port;
      }
    }
    return free();
  }

  /** Whether nobody listens on a port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
