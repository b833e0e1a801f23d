package io.medallion.lakehouse.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.error.ExitCode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerLauncherTest {
  /** What a layer's {@code main} does with its code; 7 says that it has come back from there. */
  static final class Ending {
    private static final int RETURNED = 7;

    private Ending() {}

    public static void main(String[] args) {
      LayerLauncher.end(Integer.parseInt(args[0]));
      System.exit(RETURNED);
    }
  }

  @Test
  void aLayerThatEndedWellLeavesTheProcessToSpark() throws Exception {
    assertThat(exitOf(ExitCode.OK)).isEqualTo(Ending.RETURNED);
  }

  @Test
  void aLayerThatFailedEndsTheProcessWithItsCode() throws Exception {
    assertThat(exitOf(ExitCode.USAGE)).isEqualTo(ExitCode.USAGE);
  }

  private static int exitOf(int code) throws IOException, InterruptedException {
    return new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Ending.class.getName(),
                Integer.toString(code)))
        .inheritIO()
        .start()
        .waitFor();
  }
}
