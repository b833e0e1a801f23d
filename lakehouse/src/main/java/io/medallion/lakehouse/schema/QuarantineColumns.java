package io.medallion.lakehouse.schema;

/** The columns of the quarantine table beyond those it takes over from bronze. */
public final class QuarantineColumns {
  public static final String REASONS = "reasons";
  public static final String REASON_CODE = "code";
  public static final String REASON_FIELD = "field";
  public static final String REASON_MESSAGE = "message";
  public static final String RULES_VERSION = SilverColumns.RULES_VERSION;
  public static final String CONTRACT_VERSION = SilverColumns.CONTRACT_VERSION;
  public static final String QUARANTINED_AT = "quarantined_at";

  private QuarantineColumns() {}
}
