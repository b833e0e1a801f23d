package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnonymizedBytesTest {
  private static final ErasureKey KEY = ErasureKey.of("a key that is long enough");
  private static final byte[] SEALED =
      AnonymizedBytes.of("20260301T000000.000Z", bytes("{\"event_id\":\"e1\",\"price\":1}"), KEY);

  @Test
  void theyAreJsonThatBeginsWithTheErasureAndASeal() {
    assertThat(new String(SEALED, StandardCharsets.UTF_8))
        .matches(
            "\\{\"medallion-anonymized\":\"20260301T000000.000Z\",\"medallion-seal\":\"[0-9a-f]{32}\",\"event_id\":\"e1\",\"price\":1}");
    assertThat(isAnonymized(SEALED, KEY)).isTrue();
  }

  @Test
  void nobodyWithoutTheKeyMakesThem() {
    assertThat(isAnonymized(SEALED, ErasureKey.of("another key, as long as that"))).isFalse();
    assertThat(isAnonymized(bytes("{\"event_id\":\"e1\"}"), KEY)).isFalse();
    assertThat(isAnonymized(null, KEY)).isFalse();
  }

  @Test
  void anyByteThatIsChangedOrCutOffIsNoticed() {
    for (int at = 0; at < SEALED.length; at++) {
      byte[] changed = SEALED.clone();
      changed[at] ^= 1;
      assertThat(isAnonymized(changed, KEY)).as("byte %d changed", at).isFalse();
      assertThat(isAnonymized(Arrays.copyOf(SEALED, at), KEY)).as("%d bytes", at).isFalse();
    }
  }

  @Test
  void aSealIsNoIdsHash() {
    String entry = KEY.entry(ErasedIds.Kind.USER, "\0seal\0x\0y");
    assertThat(entry).doesNotContain(KEY.sealing().seal("x", bytes("z")));
  }

  private static boolean isAnonymized(byte[] value, ErasureKey key) {
    ErasedIds erased =
        ErasedIds.of("x", key, List.of(key.entry(ErasedIds.Kind.USER, "u")), List.of());
    return new ErasedRecords(EventRules.defaults(), erased).isAnonymized(value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
