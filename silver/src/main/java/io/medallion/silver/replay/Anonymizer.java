package io.medallion.silver.replay;

import io.medallion.common.Hmac;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.event.AnonymizedBytes;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.common.event.ErasedRecords;
import io.medallion.common.event.ErasureKey;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.silver.parse.AnonymizedColumns;
import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Makes of an erased person's row of silver that of somebody unknown, as bronze will hold it. Not
 * thread-safe.
 *
 * <p>Each of the person's ids becomes another one by the erasure's secret: the same wherever it
 * stands, and nobody's once the secret is gone. Ids that are others' as well stay, as they do in
 * the others' events; so what they link stays what it was.
 */
final class Anonymizer {
  /** A shorter id within a longer word, such as 42 in /p42x, is mostly something else. */
  private static final int TELLING = 8;

  private static final int BYTES = 16;

  /** What leads to a person or may, and that no column of gold's is made of. */
  private static final Set<String> DROPPED =
      Set.of(
          SilverColumns.IP_ADDRESS,
          SilverColumns.USER_AGENT,
          SilverColumns.PROPERTIES,
          // A small network is one company's, or one household's.
          SilverColumns.ASN,
          SilverColumns.AS_ORGANIZATION,
          SilverColumns.ASN_DB_BUILD);

  /**
   * What says what happened, where, and with what: numbers are by it, and an id that is 42 is not
   * the product 42.
   */
  private static final Set<String> KEPT =
      Set.of(
          SilverColumns.SITE,
          SilverColumns.EVENT_TYPE,
          SilverColumns.PRODUCT_ID,
          SilverColumns.CURRENCY,
          SilverColumns.COUNTRY_CODE,
          SilverColumns.COUNTRY,
          SilverColumns.REGION,
          SilverColumns.CITY,
          SilverColumns.TIME_ZONE,
          SilverColumns.GEO_STATUS,
          SilverColumns.DEVICE_CLASS,
          SilverColumns.BROWSER,
          SilverColumns.OPERATING_SYSTEM,
          SilverColumns.BOT_KIND,
          SilverColumns.REFERRER_MEDIUM,
          SilverColumns.CHANNEL,
          SilverColumns.CONTRACT_VERSION,
          SilverColumns.TOPIC);

  private static final Map<String, Kind> IDS =
      Map.of(
          SilverColumns.USER_ID, Kind.USER,
          SilverColumns.ANONYMOUS_ID, Kind.ANONYMOUS,
          SilverColumns.SESSION_ID, Kind.SESSION);

  /**
   * What it needs to know.
   *
   * @param erasure its name
   * @param secret by which ids become others
   * @param key which remembers the erased
   * @param erased who they are
   * @param ids all of them that stand in rows
   * @param claimed event ids that others' records claim as well: as long as they stay they keep
   *     those out, as before
   */
  record Task(
      String erasure,
      String secret,
      ErasureKey key,
      ErasedIds erased,
      EventRules rules,
      Set<String> ids,
      Set<String> claimed)
      implements Serializable {}

  private final Task task;
  private final AnonymizedColumns columns;
  private final StructField[] fields;
  private final int[] idPlaces;
  private final int eventId;
  private final int visitor;
  private final int fingerprint;
  private final Mac mac;
  private final ErasedRecords erased;
  private final Pseudonyms pseudonyms;
  private final Map<String, String> others = new HashMap<>();

  /** Those of the ids' spellings, the longest first. */
  private final List<Integer> lengths;

  /**
   * @param silver the columns of a row
   * @param columns how bronze holds them
   */
  Anonymizer(Task task, StructType silver, AnonymizedColumns columns) {
    this.task = task;
    this.columns = columns;
    this.fields = silver.fields();
    this.idPlaces =
        new int[] {
          silver.fieldIndex(SilverColumns.USER_ID),
          silver.fieldIndex(SilverColumns.ANONYMOUS_ID),
          silver.fieldIndex(SilverColumns.SESSION_ID)
        };
    this.eventId = silver.fieldIndex(SilverColumns.EVENT_ID);
    this.visitor = silver.fieldIndex(SilverColumns.VISITOR);
    this.fingerprint = silver.fieldIndex(SilverColumns.FINGERPRINT);
    this.mac = Hmac.sha256(task.secret().getBytes(StandardCharsets.UTF_8));
    this.erased = new ErasedRecords(task.rules(), task.erased());
    this.pseudonyms = task.rules().contract().pseudonyms();
    for (String id : task.ids()) {
      others.put(id, other(id));
      others.put(URLEncoder.encode(id, StandardCharsets.UTF_8), other(id));
    }
    this.lengths = lengths(others.keySet());
  }

  private static List<Integer> lengths(Collection<String> texts) {
    Set<Integer> lengths = new TreeSet<>((one, another) -> another - one);
    texts.forEach(text -> lengths.add(text.length()));
    return new ArrayList<>(lengths);
  }

  /** The bytes that stand for a row from then on. */
  byte[] bytes(InternalRow row) {
    return AnonymizedBytes.of(
        task.erasure(), columns.json(anonymized(columns.values(row))), task.key());
  }

  private Object[] anonymized(Object[] row) {
    Object[] made = new Object[row.length];
    String before = (String) row[eventId];
    String now = task.claimed().contains(before) ? before : other(before);
    for (int i = 0; i < row.length; i++) {
      String name = fields[i].name();
      if (row[i] == null || DROPPED.contains(name)) {
        continue;
      }
      if (row[i] instanceof String text) {
        made[i] = IDS.containsKey(name) ? id(IDS.get(name), text) : text(name, text, before, now);
      } else if (row[i] instanceof String[] texts) {
        made[i] =
            Arrays.stream(texts)
                .map(text -> text == null ? null : without(text, before, now))
                .toArray(String[]::new);
      } else {
        made[i] = row[i];
      }
    }
    made[eventId] = now;
    made[visitor] = row[visitor] == null ? null : best(made);
    // It is a hash of all that the event says, by which one could try what is gone.
    made[fingerprint] = ByteBuffer.wrap(hash("\0" + row[fingerprint] + "\0" + before)).getLong();
    return made;
  }

  private Object best(Object[] row) {
    for (int place : idPlaces) {
      if (row[place] != null) {
        return row[place];
      }
    }
    return null;
  }

  private String id(Kind kind, String id) {
    return erased.isErased(kind, id) ? other(id) : id;
  }

  private String text(String column, String text, String eventBefore, String eventNow) {
    if (pseudonyms.has(column)) {
      return other(text);
    }
    if (KEPT.contains(column)) {
      return text;
    }
    return switch (column) {
      case SilverColumns.URL -> without(address(text), eventBefore, eventNow);
      case SilverColumns.REFERRER -> without(origin(text), eventBefore, eventNow);
      default -> without(text, eventBefore, eventNow);
    };
  }

  /** A text in which no id of the persons', nor the event's, is left. */
  private String without(String text, String eventBefore, String eventNow) {
    String whole = others.get(text);
    if (whole != null) {
      return whole;
    }
    String event = eventBefore.equals(eventNow) ? null : eventBefore;
    StringBuilder made = null;
    int copied = 0;
    for (int from = 0; from < text.length(); from++) {
      int length = idAt(text, from, event);
      if (length > 0) {
        String id = text.substring(from, from + length);
        made = made == null ? new StringBuilder() : made;
        made.append(text, copied, from).append(id.equals(event) ? eventNow : others.get(id));
        from += length - 1;
        copied = from + 1;
      }
    }
    return made == null ? text : made.append(text, copied, text.length()).toString();
  }

  /**
   * How long the id is that stands there; 0 if none does.
   *
   * @param event the event's; null if it stays
   */
  private int idAt(String text, int from, String event) {
    if (event != null && text.startsWith(event, from) && stands(text, from, event.length())) {
      return event.length();
    }
    for (int length : lengths) {
      if (from + length <= text.length()
          && stands(text, from, length)
          && others.containsKey(text.substring(from, from + length))) {
        return length;
      }
    }
    return 0;
  }

  /** A short id does where it is a word. */
  private static boolean stands(String text, int from, int length) {
    return length >= TELLING || isWord(text, from, from + length);
  }

  private static boolean isWord(String text, int from, int until) {
    return (from == 0 || !Character.isLetterOrDigit(text.charAt(from - 1)))
        && (until == text.length() || !Character.isLetterOrDigit(text.charAt(until)));
  }

  /** A page's address without who asked for it, and what it was asked. */
  private static String address(String url) {
    int end = first(url, 0, "?#");
    int authority = authority(url);
    int path = authority < 0 ? end : Math.min(end, first(url, authority, "/"));
    int user = authority < 0 ? -1 : url.lastIndexOf('@', path - 1);
    return user >= authority && authority >= 0
        ? url.substring(0, authority) + url.substring(user + 1, end)
        : url.substring(0, end);
  }

  /** Where a visit came from: the host alone. */
  private static String origin(String url) {
    String address = address(url);
    int authority = authority(address);
    return authority < 0
        ? address.substring(0, first(address, 0, "/"))
        : address.substring(0, first(address, authority, "/")) + "/";
  }

  private static int authority(String url) {
    int slashes = url.indexOf("//");
    boolean isAbsolute = slashes == 0 || (slashes > 0 && url.charAt(slashes - 1) == ':');
    return isAbsolute && slashes < first(url, 0, "?#") ? slashes + 2 : -1;
  }

  /** Where the first of some characters stands; the text's length if none does. */
  private static int first(String text, int from, String characters) {
    for (int i = from; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private String other(String text) {
    return HexFormat.of().formatHex(hash(text), 0, BYTES);
  }

  private byte[] hash(String text) {
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
