package io.medallion.e2e.faults;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;

/**
 * The sockets of the Postgres driver; places in the transactions that make gold's schema and move
 * its ledger.
 */
public final class CrashingSockets extends SocketFactory {
  @Override
  public Socket createSocket() {
    return new Watched();
  }

  @Override
  public Socket createSocket(String host, int port) {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    return connected();
  }

  private static Socket connected() {
    throw new UnsupportedOperationException("The driver connects its sockets by itself.");
  }

  /** What the driver asks for. */
  private static final class Watched extends Socket {
    private boolean migrating;
    private boolean moved;

    /** If it is when the answer to its COMMIT is there. */
    private String committing;

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          sending(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
          out.write(bytes, offset, length);
        }
      };
    }

    private void sending(String sent) {
      if (sent.contains("INSERT INTO gold.schema_versions")) {
        Crash.reached(Crash.MIGRATING);
        migrating = true;
      }
      if (migrating && sent.contains("COMMIT")) {
        Crash.reached(Crash.BEFORE_SCHEMA);
        migrating = false;
        committing = Crash.AFTER_SCHEMA;
      }
      if (sent.contains("INSERT INTO gold.ledger")) {
        Crash.reached(Crash.BEFORE_LEDGER);
      }
      moved |= sent.contains("UPDATE gold.ledger");
      if (moved && sent.contains("COMMIT")) {
        Crash.reached(Crash.BEFORE_COMMIT);
        moved = false;
        committing = Crash.AFTER_COMMIT;
      }
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int read = super.read(bytes, offset, length);
          if (committing != null) {
            String place = committing;
            committing = null;
            Crash.reached(place);
          }
          return read;
        }
      };
    }
  }
}
