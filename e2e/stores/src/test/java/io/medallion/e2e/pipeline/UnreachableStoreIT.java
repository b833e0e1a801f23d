package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.Ports;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lake whose store is not there. */
@Tag("full")
class UnreachableStoreIT {
  @Test
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void isAnErrorThatNamesTheLakeAndWhatTheStoreSaid() throws IOException {
    refused("hdfs://127.0.0.1:" + Ports.free() + "/lake", "ConnectException");
    refused("s3a://nobody/lake", "Connection refused");
    refused("nosuch://somewhere/lake", "No FileSystem for scheme");
  }

  private static void refused(String lake, String cause) throws IOException {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", lake)
            .flag("spark.master", "local[1]")
            .flag("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:" + Ports.free())
            .flag("spark.hadoop.fs.s3a.endpoint.region", "us-east-1")
            .build();
    try (SparkSession session = LakeSession.create("UnreachableStoreIT", configuration)) {
      assertThatThrownBy(() -> Lake.open(session, configuration))
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LAKE_UNREACHABLE);
                assertThat(e.problem()).contains(lake);
                assertThat(e.reason()).contains(cause);
              });
    }
  }
}
