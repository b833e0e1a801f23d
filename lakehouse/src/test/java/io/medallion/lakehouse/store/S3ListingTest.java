package io.medallion.lakehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class S3ListingTest {
  @Test
  void aListingThatMayLackCommitsIsNamed() {
    Configuration hadoop = new Configuration(false);
    assertThat(S3ConditionalWriteLogStore.listingDanger(hadoop)).isEmpty();

    hadoop.set("delta.enableFastS3AListFrom", "true");
    assertThat(S3ConditionalWriteLogStore.listingDanger(hadoop))
        .hasValueSatisfying(
            said ->
                assertThat(said)
                    .startsWith("spark.hadoop.delta.enableFastS3AListFrom is set")
                    .contains("4.4.1"));
  }
}
