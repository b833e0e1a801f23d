package io.medallion.lakehouse.schema;

import java.util.List;

/** The columns of the silver table; each name stands here and nowhere else in production code. */
public final class SilverColumns {
  public static final String EVENT_ID = "event_id";
  public static final String EVENT_TIME = "event_time";
  public static final String SITE = "site";
  public static final String LOCAL_DATE = "local_date";
  public static final String EVENT_TYPE = "event_type";
  public static final String VISITOR = "visitor";
  public static final String USER_ID = "user_id";
  public static final String ANONYMOUS_ID = "anonymous_id";
  public static final String SESSION_ID = "session_id";
  public static final String PAGE = "page";
  public static final String URL = "url";
  public static final String REFERRER = "referrer";
  public static final String IP_ADDRESS = "ip_address";
  public static final String USER_AGENT = "user_agent";
  public static final String PRODUCT_ID = "product_id";
  public static final String PRICE = "price";
  public static final String QUANTITY = "quantity";
  public static final String CURRENCY = "currency";
  public static final String PROPERTIES = "properties";
  public static final String COUNTRY_CODE = "country_code";
  public static final String COUNTRY = "country";
  public static final String REGION = "region";
  public static final String CITY = "city";
  public static final String LATITUDE = "latitude";
  public static final String LONGITUDE = "longitude";
  public static final String TIME_ZONE = "time_zone";
  public static final String GEO_STATUS = "geo_status";
  public static final String GEOIP_DB_BUILD = "geoip_db_build";
  public static final String ASN = "asn";
  public static final String AS_ORGANIZATION = "as_organization";
  public static final String ASN_DB_BUILD = "asn_db_build";
  public static final String DEVICE_CLASS = "device_class";
  public static final String BROWSER = "browser";
  public static final String OPERATING_SYSTEM = "operating_system";
  public static final String IS_BOT = "is_bot";
  public static final String BOT_KIND = "bot_kind";
  public static final String REFERRER_DOMAIN = "referrer_domain";
  public static final String REFERRER_MEDIUM = "referrer_medium";
  public static final String UTM_SOURCE = "utm_source";
  public static final String UTM_MEDIUM = "utm_medium";
  public static final String UTM_CAMPAIGN = "utm_campaign";
  public static final String UTM_TERM = "utm_term";
  public static final String UTM_CONTENT = "utm_content";
  public static final String CHANNEL = "channel";
  public static final String FINGERPRINT = "fingerprint";
  public static final String RULES_VERSION = "rules_version";
  public static final String CONTRACT_VERSION = "contract_version";
  public static final String FLAGS = "flags";
  public static final String SOURCE_EPOCH = BronzeColumns.SOURCE_EPOCH;
  public static final String TOPIC = BronzeColumns.TOPIC;
  public static final String PARTITION = BronzeColumns.PARTITION;
  public static final String OFFSET = BronzeColumns.OFFSET;
  public static final String EVENT_INDEX = "event_index";
  public static final String COMMIT_SEQ = BronzeColumns.COMMIT_SEQ;
  public static final String KAFKA_TIMESTAMP = BronzeColumns.KAFKA_TIMESTAMP;
  public static final String INGESTED_AT = BronzeColumns.INGESTED_AT;
  public static final String EVENT_DATE = "event_date";

  /** What is looked up for an event rather than told by it; each may be null. */
  public static final List<String> ENRICHED =
      List.of(
          COUNTRY_CODE,
          COUNTRY,
          REGION,
          CITY,
          LATITUDE,
          LONGITUDE,
          TIME_ZONE,
          GEO_STATUS,
          GEOIP_DB_BUILD,
          ASN,
          AS_ORGANIZATION,
          ASN_DB_BUILD,
          DEVICE_CLASS,
          BROWSER,
          OPERATING_SYSTEM,
          IS_BOT,
          BOT_KIND,
          REFERRER_DOMAIN,
          REFERRER_MEDIUM,
          UTM_SOURCE,
          UTM_MEDIUM,
          UTM_CAMPAIGN,
          UTM_TERM,
          UTM_CONTENT,
          CHANNEL);

  private SilverColumns() {}
}
