package io.medallion.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResourceTest {
  @Test
  void whatIsPackagedIsReadWhole() {
    assertThat(Resource.bytes(Resource.class, "Resource.class")).startsWith(0xCA, 0xFE, 0xBA, 0xBE);
  }

  @Test
  void whatIsNotPackagedIsNamed() {
    assertThatThrownBy(() -> Resource.text(ResourceTest.class, "absent.txt"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("absent.txt is not packaged beside io.medallion.common.ResourceTest");
  }
}
