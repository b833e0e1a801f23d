package io.medallion.demo.ingest;

import java.util.List;
import java.util.Set;

/** The contract's fields that ingest itself has to know. Aliases are legal in events. */
final class Fields {
  static final String EVENT_ID = "event_id";

  /** Written as numbers where they look like numbers. */
  static final Set<String> NUMBERS = Set.of("price", "quantity");

  /** A JSON object, where a cell holds one. */
  static final String PROPERTIES = "properties";

  /** The first present is the visitor, by whom records are keyed. */
  static final List<String> VISITORS =
      List.of("user_id", "anonymous_id", "session_id", "user_session");

  private Fields() {}
}
