package io.medallion.lakehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void onThisMachineTheyAreItsCores() {
    assertThat(cores(4, "spark.master", "local[4]")).isEqualTo(4);
    assertThat(cores(4, "spark.master", "local[4]", "spark.cores.max", "32")).isEqualTo(4);
  }

  @Test
  void ofAClusterThoseThatAreStillToComeCount() {
    assertThat(cores(2, "spark.master", "spark://host:7077", "spark.cores.max", "32"))
        .isEqualTo(32);
    assertThat(
            cores(
                2,
                "spark.master",
                "yarn",
                "spark.executor.instances",
                "8",
                "spark.executor.cores",
                "4"))
        .isEqualTo(32);
    assertThat(
            cores(
                2,
                "spark.master",
                "k8s://host",
                "spark.dynamicAllocation.enabled",
                "true",
                "spark.dynamicAllocation.maxExecutors",
                "5",
                "spark.executor.cores",
                "2"))
        .isEqualTo(10);
    assertThat(cores(16, "spark.master", "spark://host:7077")).isEqualTo(16);
  }

  @Test
  void aLimitThatIsNoneIsNotWaitedFor() {
    String[] limit = {
      "spark.master", "yarn", "spark.executor.cores", "4",
      "spark.dynamicAllocation.maxExecutors", "10000", "spark.dynamicAllocation.enabled", "true"
    };
    assertThat(cores(8, limit)).isEqualTo(512);
    limit[7] = "false";
    assertThat(cores(8, limit)).isEqualTo(8);
  }

  @Test
  void aUsersParallelismIsTaken() {
    assertThat(
            cores(
                6,
                "spark.master",
                "yarn",
                "spark.executor.instances",
                "8",
                "spark.default.parallelism",
                "6"))
        .isEqualTo(6);
  }

  private static int cores(int known, String... settings) {
    Map<String, String> all = new java.util.HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return Workers.cores(all::get, known);
  }
}
