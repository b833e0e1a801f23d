package io.medallion.gold.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Byte for byte what PostgreSQL documents for COPY, "Binary Format", and what its {@code *_send}
 * functions write inside a field; all of it written out by hand.
 */
class CopyBufferTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theHeaderIsTheSignatureNoFlagsAndNoExtension() {
    assertThat(CopyBuffer.HEADER)
        .isEqualTo(bytes("50 47 43 4f 50 59 0a ff 0d 0a 00 00000000 00000000"));
    assertThat(CopyBuffer.TRAILER).isEqualTo(bytes("ffff"));
  }

  @Test
  void aRowBeginsWithTheNumberOfItsFields() {
    assertThat(written(b -> b.row(1))).isEqualTo("0001");
    assertThat(written(b -> b.row(258))).isEqualTo("0102");
  }

  @Test
  void aTextIsTheLengthOfItsUtf8AndItsBytes() {
    assertThat(written(b -> b.text("ab"))).isEqualTo(hex("00000002 6162"));
    assertThat(written(b -> b.text("é€\ud83d\ude00")))
        .isEqualTo(hex("00000009 c3a9 e282ac f09f9880"));
  }

  @Test
  void anEmptyTextIsNotANull() {
    assertThat(written(b -> b.text(""))).isEqualTo("00000000");
    assertThat(written(b -> b.text((String) null))).isEqualTo("ffffffff");
  }

  @Test
  void theCharacterThatPostgresRefusesIsReplaced() {
    assertThat(written(b -> b.text("a\0b"))).isEqualTo(hex("00000005 61 efbfbd 62"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0000000000000000",
    "1, 0000000000000001",
    "-1, ffffffffffffffff",
    "81985529216486895, 0123456789abcdef",
    "9223372036854775807, 7fffffffffffffff",
    "-9223372036854775808, 8000000000000000"
  })
  void aBigintIsEightBytesTheHighestFirst(long value, String expected) {
    assertThat(written(b -> b.bigint(value))).isEqualTo("00000008" + expected);
  }

  /** Postgres counts from 2000-01-01, 946,684,800 seconds after 1970. */
  @ParameterizedTest
  @CsvSource({
    "946684799999999, ffffffffffffffff",
    "946684800000000, 0000000000000000",
    "946684800000001, 0000000000000001",
    "0, fffca2fec4c82000"
  })
  void aTimeIsMicrosecondsSince2000(long micros, String expected) {
    assertThat(written(b -> b.time(micros))).isEqualTo("00000008" + expected);
  }

  @Test
  void noTimeIsANull() {
    assertThat(written(b -> b.time(null))).isEqualTo("ffffffff");
  }

  @Test
  void aUuidIsItsSixteenBytes() {
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    assertThat(written(b -> b.uuid(uuid)))
        .isEqualTo(hex("00000010 00112233445566778899aabbccddeeff"));
  }

  /**
   * A numeric is the number of its groups of four digits, the weight of the first as a power of
   * 10,000, its sign, how many decimals it shows, and the groups.
   */
  @ParameterizedTest
  @CsvSource({
    "0,              00000008, 0000 fffd 0000 0006,",
    "0.000000,       00000008, 0000 fffd 0000 0006,",
    "0.000001,       0000000a, 0001 fffe 0000 0006, 0064",
    "0.0001,         0000000c, 0002 ffff 0000 0006, 0001 0000",
    "0.99,           0000000c, 0002 ffff 0000 0006, 26ac 0000",
    "1,              0000000e, 0003 0000 0000 0006, 0001 0000 0000",
    "1.5,            0000000e, 0003 0000 0000 0006, 0001 1388 0000",
    "9999,           0000000e, 0003 0000 0000 0006, 270f 0000 0000",
    "10000,          00000010, 0004 0001 0000 0006, 0001 0000 0000 0000",
    "12345.678901,   00000010, 0004 0001 0000 0006, 0001 0929 1a85 0064",
    "-12345.678901,  00000010, 0004 0001 4000 0006, 0001 0929 1a85 0064",
    "-0.000001,      0000000a, 0001 fffe 4000 0006, 0064"
  })
  void aDecimalIsGroupsOfFourDigits(String value, String length, String head, String groups) {
    assertThat(written(b -> b.decimal(new BigDecimal(value))))
        .isEqualTo(hex(length + head + (groups == null ? "" : groups)));
  }

  /** Sixteen groups: 56 digits before the point, six behind it and two that fill the last one. */
  @Test
  void aDecimalOfSixteenGroupsHasRoom() {
    BigDecimal most = new BigDecimal("9".repeat(56) + ".999999");

    assertThat(written(b -> b.decimal(most)))
        .isEqualTo(hex("00000028 0010 000d 0000 0006" + "270f".repeat(15) + "26ac"));
  }

  @Test
  void noDecimalIsANullAndASeventhDecimalAnError() {
    assertThat(written(b -> b.decimal(null))).isEqualTo("ffffffff");
    assertThatThrownBy(() -> new CopyBuffer().decimal(new BigDecimal("0.0000001")))
        .isInstanceOf(ArithmeticException.class);
  }

  /** Dimensions, whether it has nulls, the elements' type; then of the dimension size and bound. */
  @Test
  void anArrayIsItsHeaderAndItsElements() {
    assertThat(written(b -> b.utf8Texts(utf8("a", "bc"))))
        .isEqualTo(
            hex("0000001f 00000001 00000000 00000019 00000002 00000001")
                + hex("00000001 61 00000002 6263"));
    assertThat(written(b -> b.times(List.of(946_684_800_000_001L))))
        .isEqualTo(
            hex("00000020 00000001 00000000 000004a0 00000001 00000001")
                + hex("00000008 0000000000000001"));
  }

  @Test
  void anEmptyArrayHasNoDimension() {
    assertThat(written(b -> b.utf8Texts(utf8())))
        .isEqualTo(hex("0000000c 00000000 00000000 00000019"));
    assertThat(written(b -> b.times(List.of())))
        .isEqualTo(hex("0000000c 00000000 00000000 000004a0"));
  }

  @Test
  void fieldsFollowEachOther() {
    assertThat(written(b -> b.row(3).utf8Texts(utf8("a")).bigint(2).text("c")))
        .isEqualTo(
            hex("0003 00000019 00000001 00000000 00000019 00000001 00000001 00000001 61")
                + hex("00000008 0000000000000002 00000001 63"));
  }

  /**
   * 256 bytes are the first room there is: a text's four bytes of length and 252 others fill it.
   */
  @ParameterizedTest
  @CsvSource({"251", "252", "253", "600", "100000"})
  void theBufferGrowsWithWhatIsWritten(int length) {
    CopyBuffer buffer = new CopyBuffer().text("x".repeat(length)).bigint(-1);

    byte[] written = buffer.toBytes();
    assertThat(written).hasSize(4 + length + 12).hasSize(buffer.length());
    assertThat(Arrays.copyOfRange(written, 4, 4 + length)).containsOnly('x');
    assertThat(Arrays.copyOfRange(written, 4 + length, written.length))
        .isEqualTo(bytes("00000008 ffffffffffffffff"));
  }

  @Test
  void aClearedBufferBeginsAnew() {
    CopyBuffer buffer = new CopyBuffer();
    assertThat(buffer.isEmpty()).isTrue();
    buffer.row(1).text("a").row(1).text("b");
    assertThat(buffer.rows()).isEqualTo(2);
    assertThat(buffer.isEmpty()).isFalse();

    buffer.clear();

    assertThat(buffer.isEmpty()).isTrue();
    assertThat(buffer.rows()).isZero();
    assertThat(HEX.formatHex(buffer.row(1).text("c").toBytes())).isEqualTo(hex("0001 00000001 63"));
    assertThat(buffer.rows()).isEqualTo(1);
  }

  private static String written(UnaryOperator<CopyBuffer> fields) {
    return HEX.formatHex(fields.apply(new CopyBuffer()).toBytes());
  }

  private static byte[] bytes(String spaced) {
    return HEX.parseHex(hex(spaced));
  }

  private static String hex(String spaced) {
    return spaced.replace(" ", "");
  }

  private static List<UTF8String> utf8(String... texts) {
    return Stream.of(texts).map(UTF8String::fromString).toList();
  }
}
