package io.medallion.e2e.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chain with its lake on a small HDFS cluster. */
@Tag("full")
class HdfsLakeIT {
  @TempDir Path folder;
  private MiniDFSCluster hdfs;
  private Pipeline pipeline;

  @BeforeEach
  void start() throws IOException {
    hdfs = new MiniDFSCluster.Builder(new Configuration(), folder.resolve("hdfs").toFile()).build();
    hdfs.waitClusterUp();
    pipeline =
        Pipeline.in(
            folder.resolve("services"),
            Map.of("lake.path", "hdfs://127.0.0.1:" + hdfs.getNameNodePort() + "/lake"));
  }

  @AfterEach
  void stop() {
    pipeline.close();
    hdfs.shutdown();
  }

  @Test
  void theChainWorksAndHoldsWhatItPromises() throws Exception {
    StoreChecks checks = new StoreChecks(pipeline);
    checks.firstStartsWereKilled();
    checks.layersWorkLive();
    checks.versionsStayReadable();
    checks.moreIsDrained(52);
    checks.proofHolds();
  }
}
