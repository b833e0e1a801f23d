package io.medallion.gold;

import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.Stitching;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;

/** The marts that are shipped, as tests need them. */
final class TestMarts {
  private static final int PRICE_DIGITS = 18;
  private static final int PRICE_SCALE = 6;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /** By the gap between sessions, which is a part of one of them. */
  private static final Map<Long, DeclaredMarts> BY_GAP = new ConcurrentHashMap<>();

  static final DeclaredMarts SHIPPED = shipped(RandomEvents.GAP);

  private TestMarts() {}

  static Marts of(GoldSettings settings) {
    return Marts.of(
        settings,
        DeclaredMarts.relations(shipped(settings.sessionGapMicros()).definitions(), "gold"));
  }

  static DeclaredMarts shipped(long gapMicros) {
    return BY_GAP.computeIfAbsent(
        gapMicros,
        gap ->
            DeclaredMarts.load(
                TestSpark.session(),
                TableDefinition.SILVER.schema(),
                List.of(),
                List.of(),
                stitched(gap)));
  }

  /** Settings under which who a visitor is may change. */
  static GoldSettings stitched(long gapMicros) {
    return new GoldSettings(
        gapMicros, GoldSettings.UNLIMITED, false, false, Stitching.of(List.of()));
  }

  /** Events as rows of silver with these columns. */
  static Iterator<InternalRow> rows(List<SilverRow> events, List<String> columns) {
    return events.stream().map(event -> row(event, columns)).iterator();
  }

  private static InternalRow row(SilverRow event, List<String> columns) {
    return new GenericInternalRow(columns.stream().map(name -> value(event, name)).toArray());
  }

  private static Object value(SilverRow event, String column) {
    return switch (column) {
      case SilverColumns.EVENT_ID -> text(event.id());
      case SilverColumns.EVENT_TIME -> event.time();
      case SilverColumns.EVENT_TYPE -> text(event.type());
      case SilverColumns.VISITOR -> text(event.visitor());
      case SilverColumns.USER_ID -> text(event.userId());
      case SilverColumns.PAGE -> text(event.page());
      case SilverColumns.PRODUCT_ID -> text(event.productId());
      case SilverColumns.PRICE ->
          event.price() == null
              ? null
              : Decimal.apply(new scala.math.BigDecimal(event.price()), PRICE_DIGITS, PRICE_SCALE);
      case SilverColumns.QUANTITY -> event.quantity();
      case SilverColumns.CURRENCY -> text(event.currency());
      case SilverColumns.COUNTRY -> text(event.country());
      case SilverColumns.CITY -> text(event.city());
      case SilverColumns.DEVICE_CLASS -> text(event.origin().deviceClass());
      case SilverColumns.REFERRER_MEDIUM -> text(event.origin().referrerMedium());
      case SilverColumns.REFERRER_DOMAIN -> text(event.origin().referrerDomain());
      case SilverColumns.UTM_SOURCE -> text(event.origin().utmSource());
      case SilverColumns.UTM_MEDIUM -> text(event.origin().utmMedium());
      case SilverColumns.UTM_CAMPAIGN -> text(event.origin().utmCampaign());
      case SilverColumns.CHANNEL -> text(event.origin().channel());
      case SilverColumns.EVENT_DATE -> (int) Math.floorDiv(event.time(), MICROS_PER_DAY);
      case SilverColumns.SITE -> text(event.site());
      case SilverColumns.LOCAL_DATE -> (int) event.localDay();
      case SilverColumns.IS_BOT -> event.bot();
      case SilverColumns.BOT_KIND -> event.bot() ? text("search") : null;
      case SilverColumns.KAFKA_TIMESTAMP -> event.kafkaTime();
      case "anonymous_id" -> text(event.anonymousId());
      case "session_id" -> text(event.sessionId());
      default -> null;
    };
  }

  private static UTF8String text(String text) {
    return text == null ? null : UTF8String.fromString(text);
  }
}
