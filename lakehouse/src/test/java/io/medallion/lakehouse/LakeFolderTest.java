package io.medallion.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LakeFolderTest {
  @ParameterizedTest
  @ValueSource(strings = {"spark://host:7077", "yarn", "k8s://host:443"})
  void aFolderOfThisMachineIsRefusedWhereOthersDoTheWork(String master) {
    for (String path : new String[] {"data/lake", "/data/lake", "file:/data/lake"}) {
      assertThatThrownBy(() -> LakeFolder.requireReachable(path, master))
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_NOT_SHARED))
          .hasMessageContaining(path)
          .hasMessageContaining(master);
    }
    assertThatCode(() -> LakeFolder.requireReachable("s3a://bucket/lake", master))
        .doesNotThrowAnyException();
  }
}
