package io.medallion.common.event;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * What one record says by the rules of the contract, or why it is no event.
 *
 * <p>It has the columns of {@link EventRules#columns}, by their numbers there. Mutable and used
 * again: it is valid until its parser parses the next record. Texts are null if the producer gave
 * none. Where {@link #reasons()} is not empty the other values are what was known when the
 * judgement fell, for people to look at, not to be counted.
 */
public final class ParsedEvent {
  static final int EVENT_ID = own("event_id");
  static final int EVENT_TIME = own("event_time");
  static final int SITE = own("site");
  static final int LOCAL_DATE = own("local_date");
  static final int EVENT_TYPE = own("event_type");
  static final int VISITOR = own("visitor");
  static final int USER_ID = own("user_id");
  static final int ANONYMOUS_ID = own("anonymous_id");
  static final int SESSION_ID = own("session_id");
  static final int PAGE = own("page");
  static final int URL = own("url");
  static final int REFERRER = own("referrer");
  static final int IP_ADDRESS = own("ip_address");
  static final int USER_AGENT = own("user_agent");
  static final int PRODUCT_ID = own("product_id");
  static final int PRICE = own("price");
  static final int QUANTITY = own("quantity");
  static final int PROPERTIES = own("properties");

  /** The best one is the visitor. */
  private static final int[] IDS = {USER_ID, ANONYMOUS_ID, SESSION_ID};

  final List<Reason> reasons = new ArrayList<>();
  private final List<Reason> shownReasons = Collections.unmodifiableList(reasons);

  /** Of strings and arrays of them; null if there is none. */
  final Object[] values;

  /** Of what else fits into 64 bits. */
  final long[] numbers;

  /** Whether there is such a number. */
  final boolean[] present;

  private final List<String> flags = new ArrayList<>();

  boolean whole;
  boolean ownId;
  long fingerprint;

  /** An empty one with so many columns. */
  ParsedEvent(int columns) {
    values = new Object[columns];
    numbers = new long[columns];
    present = new boolean[columns];
  }

  private static int own(String column) {
    List<ContractColumn> columns = Contract.own().columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    throw new NoSuchElementException(column);
  }

  void clear() {
    reasons.clear();
    flags.clear();
    whole = false;
    ownId = false;
    fingerprint = 0;
    Arrays.fill(values, null);
    Arrays.fill(present, false);
  }

  /** Notes that a value was dropped or rounded; once if so twice. */
  void flag(String flag) {
    if (!flags.contains(flag)) {
      flags.add(flag);
    }
  }

  /**
   * Forgets values, and with an id who the visitor was by it.
   *
   * @param columns none of an id, time or type
   */
  public void forget(int[] columns) {
    for (int column : columns) {
      values[column] = null;
      present[column] = false;
    }
    int best = visitorColumn();
    values[VISITOR] = best < 0 ? null : values[best];
  }

  void put(int column, long number) {
    numbers[column] = number;
    present[column] = true;
  }

  /** Whether it breaks no rule. */
  public boolean isGood() {
    return reasons.isEmpty();
  }

  /** Every rule that it breaks, empty for a good event. A view: copy it to keep it. */
  public List<Reason> reasons() {
    return shownReasons;
  }

  /** Which of its values were dropped or rounded. A view: copy it to keep it. */
  public List<String> flags() {
    return flags;
  }

  /** Whether it was read to its end: one JSON object, within the limits, whatever it says. */
  public boolean isWhole() {
    return whole;
  }

  /** Whether the producer gave it an id. */
  public boolean hasOwnId() {
    return ownId;
  }

  /** A string; null if there is none. */
  public String text(int column) {
    return (String) values[column];
  }

  /** An array of strings; null if there is none. */
  public String[] texts(int column) {
    return (String[]) values[column];
  }

  /** A decimal of more than 18 digits; null if there is none. */
  public BigDecimal decimal(int column) {
    return (BigDecimal) values[column];
  }

  /** Whether there is a {@link #number}. */
  public boolean has(int column) {
    return present[column];
  }

  /**
   * A whole number, a decimal of at most 18 digits without its point, 1 for true, microseconds or
   * days since 1970, as the column's type is; 0 or anything if there is none.
   */
  public long number(int column) {
    return numbers[column];
  }

  /** The producer's id, or one derived from the record's position. */
  public String eventId() {
    return text(EVENT_ID);
  }

  /** When it happened, in microseconds since 1970. */
  public long eventTimeMicros() {
    return present[EVENT_TIME] ? numbers[EVENT_TIME] : 0;
  }

  /** Which site it is of: as the producer says, else its topic's name. */
  public String site() {
    return text(SITE);
  }

  /** The day on which it happened by the site's clocks, in days since 1970. */
  public int localDay() {
    return present[LOCAL_DATE] ? (int) numbers[LOCAL_DATE] : 0;
  }

  /** The canonical type. */
  public String eventType() {
    return text(EVENT_TYPE);
  }

  /** The first present of user, anonymous and session id. */
  public String visitor() {
    return text(VISITOR);
  }

  /** The id of a kind; null if it has none. */
  public String id(ErasedIds.Kind kind) {
    return switch (kind) {
      case USER -> text(USER_ID);
      case ANONYMOUS -> text(ANONYMOUS_ID);
      case SESSION -> text(SESSION_ID);
    };
  }

  /** Which column the visitor is of; -1 if there is no visitor. */
  public int visitorColumn() {
    for (int id : IDS) {
      if (values[id] != null) {
        return id;
      }
    }
    return -1;
  }

  /** The path that the event counts under, or {@code product:<id>} of a product view. */
  public String page() {
    return text(PAGE);
  }

  /** The page as the producer sent it. */
  public String url() {
    return text(URL);
  }

  /** The referrer as sent. */
  public String referrer() {
    return text(REFERRER);
  }

  /** The address as sent; whether it is one is not judged here. */
  public String ipAddress() {
    return text(IP_ADDRESS);
  }

  /** The user agent as sent. */
  public String userAgent() {
    return text(USER_AGENT);
  }

  /** A JSON object: the producer's properties and every field that the contract does not know. */
  public String properties() {
    return text(PROPERTIES);
  }

  /**
   * The same for two copies of one event, sealed if there are pseudonyms; see
   * docs/event-contract.md.
   */
  public long fingerprint() {
    return fingerprint;
  }
}
