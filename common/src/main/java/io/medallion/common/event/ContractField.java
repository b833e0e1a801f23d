package io.medallion.common.event;

import java.util.List;
import java.util.Optional;

/** The fields of the event contract, each with its names: the first is the contract's own. */
enum ContractField {
  TIMESTAMP("timestamp", "event_time", "event_timestamp", "ts"),
  EVENT_ID("event_id"),
  EVENT_TYPE("event_type", "type", "event"),
  USER_ID("user_id"),
  ANONYMOUS_ID("anonymous_id"),
  SESSION_ID("session_id", "user_session"),
  PAGE("page", "url", "page_url"),
  REFERRER("referrer"),
  IP_ADDRESS("ip_address", "ip"),
  USER_AGENT("user_agent"),
  PRODUCT_ID("product_id"),
  PRICE("price"),
  QUANTITY("quantity"),
  CURRENCY("currency"),
  PROPERTIES("properties");

  static final int COUNT = values().length;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> names;

  ContractField(String... names) {
    this.names = List.of(names);
  }

  /** The contract's own name. */
  String contractName() {
    return names.get(0);
  }

  /** The contract's own name and its aliases; of several present the first wins. */
  List<String> names() {
    return names;
  }

  static Optional<ContractField> named(String name) {
    for (ContractField field : values()) {
      if (field.contractName().equals(name)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }
}
