package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A row that sessions are staged with, as Postgres reads it. */
record SessionRow(
    String visitor,
    long start,
    long end,
    long localDay,
    long events,
    long pageViews,
    String entryPage,
    String exitPage,
    List<String> products,
    long cartAdds,
    long purchases,
    BigDecimal revenue,
    String currency,
    String country,
    String city,
    List<String> origin,
    long lateEvents,
    String entryId,
    Long entryPageTime,
    String entryPageId,
    Long exitPageTime,
    String exitPageId,
    List<Long> productTimes) {
  private static final long SECONDS_FROM_1970_TO_2000 = 946_684_800;

  static SessionRow of(PartialSession session) {
    CopyBuffer buffer = new CopyBuffer();
    session.writeTo(buffer, "s", "v");
    return allOf(buffer).get(0);
  }

  static List<SessionRow> allOf(CopyBuffer buffer) {
    ByteBuffer bytes = ByteBuffer.wrap(buffer.toBytes());
    List<SessionRow> rows = new ArrayList<>();
    while (bytes.hasRemaining()) {
      if (bytes.getShort() != 30) {
        throw new IllegalStateException("a row of another number of fields than Postgres has");
      }
      text(bytes);
      rows.add(
          new SessionRow(
              text(bytes),
              time(bytes),
              time(bytes),
              day(bytes),
              number(bytes),
              number(bytes),
              text(bytes),
              text(bytes),
              array(bytes, () -> text(bytes)),
              number(bytes),
              number(bytes),
              decimal(bytes),
              text(bytes),
              text(bytes),
              text(bytes),
              texts(bytes, 7),
              number(bytes),
              text(bytes),
              time(bytes),
              text(bytes),
              time(bytes),
              text(bytes),
              array(bytes, () -> time(bytes))));
    }
    return rows;
  }

  private static String text(ByteBuffer bytes) {
    int length = bytes.getInt();
    if (length < 0) {
      return null;
    }
    byte[] utf8 = new byte[length];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static List<String> texts(ByteBuffer bytes, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(text(bytes));
    }
    return texts;
  }

  private static Long number(ByteBuffer bytes) {
    return bytes.getInt() < 0 ? null : Long.valueOf(bytes.getLong());
  }

  private static Long time(ByteBuffer bytes) {
    Long since2000 = number(bytes);
    return since2000 == null ? null : since2000 + SECONDS_FROM_1970_TO_2000 * 1_000_000;
  }

  private static long day(ByteBuffer bytes) {
    bytes.getInt();
    return bytes.getInt() + SECONDS_FROM_1970_TO_2000 / 86_400;
  }

  private static BigDecimal decimal(ByteBuffer bytes) {
    bytes.getInt();
    int groups = bytes.getShort();
    int weight = bytes.getShort();
    boolean negative = bytes.getShort() != 0;
    int scale = bytes.getShort();
    BigDecimal value = BigDecimal.ZERO;
    for (int group = 0; group < groups; group++) {
      value =
          value.add(new BigDecimal(BigInteger.valueOf(bytes.getShort()), -4 * (weight - group)));
    }
    return (negative ? value.negate() : value).setScale(scale);
  }

  private static <T> List<T> array(ByteBuffer bytes, Supplier<T> element) {
    bytes.getInt();
    int dimensions = bytes.getInt();
    bytes.getInt();
    bytes.getInt();
    List<T> elements = new ArrayList<>();
    if (dimensions > 0) {
      int size = bytes.getInt();
      bytes.getInt();
      for (int i = 0; i < size; i++) {
        elements.add(element.get());
      }
    }
    return elements;
  }
}
