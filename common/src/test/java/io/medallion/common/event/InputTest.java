package io.medallion.common.event;

import static io.medallion.common.event.Records.codes;
import static io.medallion.common.event.Records.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must not break the parser; each record is validated between two good ones. */
class InputTest {
  private static final byte[] GOOD = event("\"x\":1").getBytes(StandardCharsets.UTF_8);

  private final EventParser parser = new EventParser(EventRules.defaults());

  static Stream<InputExample> bad() {
    return InputExample.bad();
  }

  static Stream<InputExample> legal() {
    return InputExample.legal();
  }

  @ParameterizedTest
  @MethodSource
  void bad(InputExample example) {
    assertGood(GOOD, "{\"x\":1}");
    assertThat(codes(Records.parse(parser, example.value()))).containsExactly(example.outcome());
    assertGood(GOOD, "{\"x\":1}");
  }

  @ParameterizedTest
  @MethodSource
  void legal(InputExample example) {
    assertGood(example.value(), example.outcome());
  }

  private void assertGood(byte[] value, String properties) {
    ParsedEvent event = Records.parse(parser, value);
    assertThat(event.reasons()).isEmpty();
    assertThat(event.properties()).isEqualTo(properties);
  }
}
