package io.medallion.common.event;

import static io.medallion.common.event.Records.event;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * A record that must not break anything, and what becomes of it. Its times are those of {@link
 * Records}.
 */
public final class InputExample {
  private final String name;
  private final byte[] value;
  private final String outcome;

  private InputExample(String name, byte[] value, String outcome) {
    this.name = name;
    this.value = value;
    this.outcome = outcome;
  }

  /** The record's bytes, null for a tombstone. */
  public byte[] value() {
    return value;
  }

  /** See {@link #bad} and {@link #legal}. */
  public String outcome() {
    return outcome;
  }

  /** What must be quarantined; the outcome is {@code CODE field}. */
  public static Stream<InputExample> bad() {
    return Stream.of(
        row("tombstone", null, "EMPTY_VALUE"),
        row("empty", new byte[0], "EMPTY_VALUE"),
        row("white space", utf8(" \n"), "EMPTY_VALUE"),
        row("a mark alone", utf8("\uFEFF"), "EMPTY_VALUE"),
        row("two marks", utf8("\uFEFF\uFEFF" + event("")), "MALFORMED_JSON"),
        row("Latin-1", event("\"x\":\"é\"").getBytes(StandardCharsets.ISO_8859_1), "NOT_UTF8"),
        row("UTF-16", event("").getBytes(StandardCharsets.UTF_16), "NOT_UTF8"),
        row("UTF-16LE", event("").getBytes(StandardCharsets.UTF_16LE), "NOT_UTF8"),
        row("UTF-32", event("").getBytes(java.nio.charset.Charset.forName("UTF-32BE")), "NOT_UTF8"),
        row("overlong slash", withBytes(0xC0, 0xAF), "NOT_UTF8"),
        row("overlong, 3 bytes", withBytes(0xE0, 0x80, 0xAF), "NOT_UTF8"),
        row("overlong, 4 bytes", withBytes(0xF0, 0x80, 0x80, 0xAF), "NOT_UTF8"),
        row("overlong zero", withBytes(0xC0, 0x80), "NOT_UTF8"),
        row("CESU-8 surrogates", withBytes(0xED, 0xA0, 0x81, 0xED, 0xB0, 0x80), "NOT_UTF8"),
        row("beyond Unicode", withBytes(0xF4, 0x90, 0x80, 0x80), "NOT_UTF8"),
        row("cut sequence", withBytes(0xE2, 0x82), "NOT_UTF8"),
        row("a byte 0", withBytes(0x00), "MALFORMED_JSON"),
        row("a raw line break in a string", withBytes(0x0A), "MALFORMED_JSON"),
        row("truncated", utf8("{\"user_id\":\"u\",\"x\":{\"a\":[1,2"), "MALFORMED_JSON"),
        row("cut in a string", utf8("{\"user_id\":\"u"), "MALFORMED_JSON"),
        row("single quotes", utf8("{'user_id':1}"), "MALFORMED_JSON"),
        row("a comma too many", utf8("{\"user_id\":1,}"), "MALFORMED_JSON"),
        row("a comment", utf8("{/**/\"user_id\":1}"), "MALFORMED_JSON"),
        row("leading zero", utf8("{\"x\":01}"), "MALFORMED_JSON"),
        row("trailing garbage", utf8(event("") + " x"), "TRAILING_DATA"),
        row("a brace too many", utf8(event("") + "}"), "TRAILING_DATA"),
        row("two objects", utf8(event("") + event("")), "TRAILING_DATA"),
        row("an array", utf8("[" + event("") + "]"), "NOT_AN_OBJECT"),
        row("a number", utf8("42"), "NOT_AN_OBJECT"),
        row("a string", utf8("\"x\""), "NOT_AN_OBJECT"),
        row("null", utf8("null"), "NOT_AN_OBJECT"),
        row("NaN", utf8("NaN"), "NOT_AN_OBJECT"),
        row("a word", utf8("hello"), "MALFORMED_JSON"),
        row("duplicate known", utf8(event("\"user_id\":\"v\"")), "DUPLICATE_KEY user_id"),
        row("duplicate unknown", utf8(event("\"x\":1,\"x\":1")), "DUPLICATE_KEY x"),
        row("duplicate, escaped", utf8(event("\"x\":1,\"\\u0078\":1")), "DUPLICATE_KEY x"),
        row("duplicate null", utf8(event("\"page\":null,\"page\":\"/\"")), "DUPLICATE_KEY page"),
        row("late duplicate", utf8(event(members(100) + ",\"k99\":1")), "DUPLICATE_KEY k99"),
        row("deep", utf8(event("\"x\":" + nested(100_000))), "TOO_DEEP"),
        row("deep, broken", utf8("[".repeat(100_000)), "NOT_AN_OBJECT"),
        row("33 levels", utf8(event("\"x\":" + nested(32))), "TOO_DEEP"),
        row(
            "33 levels in properties",
            utf8(event("\"properties\":{\"a\":" + nested(31) + "}")),
            "TOO_DEEP"),
        row("100,000 keys", utf8(event(members(60_000))), "TOO_MANY_KEYS"),
        row("1,001 keys", utf8(event(members(999))), "TOO_MANY_KEYS"),
        row("10 MB", utf8(event("\"x\":\"" + "a".repeat(10_000_000) + "\"")), "EVENT_TOO_LARGE"),
        row(
            "a long string",
            utf8(event("\"x\":\"" + "a".repeat(262_145) + "\"")),
            "STRING_TOO_LONG x"),
        row(
            "long in bytes",
            utf8(event("\"x\":\"" + "é".repeat(131_073) + "\"")),
            "STRING_TOO_LONG x"),
        row(
            "a long name",
            utf8(event("\"" + "n".repeat(262_145) + "\":1")),
            "STRING_TOO_LONG " + "n".repeat(60) + "..."),
        row("zero in a page", utf8(event("\"page\":\"/\\u0000\"")), "ILLEGAL_CHARACTER page"),
        row("zero deep inside", utf8(event("\"x\":[{\"a\":\"\\u0000\"}]")), "ILLEGAL_CHARACTER x"),
        row("zero in a nested name", utf8(event("\"x\":{\"\\u0000\":1}")), "ILLEGAL_CHARACTER x"),
        row("zero in a name", utf8(event("\"\\u0000\":1")), "ILLEGAL_CHARACTER \\u0000"),
        row("high surrogate", utf8(event("\"x\":\"\\ud83d\"")), "ILLEGAL_CHARACTER x"),
        row("low surrogate", utf8(event("\"x\":\"\\ude00a\"")), "ILLEGAL_CHARACTER x"),
        row("reversed surrogates", utf8(event("\"x\":\"\\ude00\\ud83d\"")), "ILLEGAL_CHARACTER x"),
        row("NaN inside", utf8(event("\"x\":{\"a\":NaN}")), "INVALID_NUMBER x"),
        row("a page that is none", utf8(event("\"page\":{}")), "WRONG_TYPE page"),
        row("no time", utf8("{\"user_id\":1}"), "MISSING_FIELD timestamp"),
        row("no visitor", utf8("{\"ts\":1780308000000}"), "MISSING_FIELD user_id"),
        row("null time", utf8("{\"user_id\":1,\"ts\":null}"), "MISSING_FIELD timestamp"),
        row("blank time", utf8("{\"user_id\":1,\"ts\":\"\"}"), "MISSING_FIELD timestamp"),
        row("time of the wrong type", utf8("{\"user_id\":1,\"ts\":true}"), "WRONG_TYPE timestamp"),
        row(
            "seconds",
            utf8("{\"user_id\":1,\"ts\":1780308000}"),
            "TIMESTAMP_EPOCH_SECONDS timestamp"),
        row(
            "year 1",
            utf8("{\"user_id\":1,\"ts\":\"0001-01-01T00:00:00Z\"}"),
            "TIMESTAMP_BEFORE_FLOOR timestamp"),
        row(
            "year 9999",
            utf8("{\"user_id\":1,\"ts\":\"9999-12-31T23:59:59Z\"}"),
            "TIMESTAMP_AHEAD timestamp"));
  }

  /** What is odd and yet legal; the outcome is the event's {@code properties}. */
  public static Stream<InputExample> legal() {
    return Stream.of(
        row("a mark", utf8("\uFEFF" + event("\"x\":[1]")), "{\"x\":[1]}"),
        row("32 levels", utf8(event("\"x\":" + nested(31))), "{\"x\":" + nested(31) + "}"),
        row("1,000 keys", utf8(event(members(998))), "{" + members(998) + "}"),
        row("a string at the limit", utf8(event("\"page\":\"" + "a".repeat(262_144) + "\"")), null),
        row(
            "a pair of escapes",
            utf8(event("\"x\":\"\\ud83d\\ude00\"")),
            "{\"x\":\"\\ud83d\\ude00\"}"),
        row("emoji", utf8(event("\"x\":\"😀\"")), "{\"x\":\"😀\"}"),
        row("injection", utf8(event("\"page\":\"'; DROP TABLE x; --<script>\"")), null),
        row("right to left", utf8(event("\"x\":\"\u202Eabc\"")), "{\"x\":\"\u202Eabc\"}"),
        row(
            "nested duplicates",
            utf8(event("\"x\":{\"a\":1,\"a\":2}")),
            "{\"x\":{\"a\":1,\"a\":2}}"),
        row("another case", utf8(event("\"User_ID\":1")), "{\"User_ID\":1}"),
        row(
            "a very long number",
            utf8(event("\"x\":" + "9".repeat(5_000))),
            "{\"x\":" + "9".repeat(5_000) + "}"),
        row("white space around", utf8(" \r\n\t" + event("") + " \n"), null));
  }

  @Override
  public String toString() {
    return name;
  }

  private static InputExample row(String name, byte[] value, String outcome) {
    return new InputExample(name, value, outcome);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A good event but for these bytes inside a string. */
  private static byte[] withBytes(int... bytes) {
    StringBuilder latin = new StringBuilder();
    for (int b : bytes) {
      latin.append((char) b);
    }
    return event("\"x\":\"" + latin + "\"").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  private static String members(int count) {
    StringBuilder members = new StringBuilder("\"k0\":0");
    for (int i = 1; i < count; i++) {
      members.append(",\"k").append(i).append("\":").append(i);
    }
    return members.toString();
  }
}
