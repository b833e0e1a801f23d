package io.medallion.demo.services;

import io.medallion.common.Resource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A small shell process that stops the embedded Postgres when this one dies, even by kill -9: the
 * pipe between the two ends then.
 */
final class Watchdog {
  private final Process process;

  private Watchdog(Process process) {
    this.process = process;
  }

  /** Starts one, in a session of its own where the platform has {@code setsid}. */
  static Watchdog over(Path dataDirectory) throws IOException {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"",
                "sh",
                "sh",
                "-c",
                script(),
                "medallion-watchdog",
                dataDirectory.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Watchdog(process);
  }

  /** Tells it which process it watches over. */
  void watches(long pid) throws IOException {
    tell("pid " + pid);
  }

  /** Lets it go: the server is stopped. */
  void dismiss() {
    try {
      tell("stopped");
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      // It is gone already.
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  private void tell(String line) throws IOException {
    OutputStream out = process.getOutputStream();
    out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String script() {
    return Resource.text(Watchdog.class, "postgres-watchdog.sh");
  }
}
