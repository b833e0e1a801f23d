package io.medallion.gold;

import io.medallion.gold.mart.Stitching;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is who, in the plainest way: from all events at once, with sets. Shares no code with gold.
 *
 * <p>Also gives events ids: of users who log in on their own devices, on shared ones, and never.
 */
final class People {
  /** What the tests hold for no id. */
  static final Set<String> PLACEHOLDERS = Set.of("null", "0", "undefined");

  static final Stitching STITCHING = Stitching.of(PLACEHOLDERS);

  private final Map<String, OfSite> sites = new HashMap<>();

  /** Knows all that silver has, whether it counts or not. */
  People(List<SilverRow> silver) {
    silver.forEach(event -> sites.computeIfAbsent(event.site(), s -> new OfSite()).see(event));
  }

  /** What one site knows: nothing of it holds on another. */
  private static final class OfSite {
    private final Map<String, Set<String>> usersOfAnonymous = new HashMap<>();
    private final Map<String, Set<String>> usersOfSession = new HashMap<>();
    private final Map<String, Set<String>> anonymousOfSession = new HashMap<>();
    private final Set<String> sessionsAlone = new TreeSet<>();

    void see(SilverRow event) {
      String user = real(event.userId());
      String anonymous = real(event.anonymousId());
      String session = real(event.sessionId());
      if (user != null && anonymous != null) {
        usersOfAnonymous.computeIfAbsent(anonymous, a -> new TreeSet<>()).add(user);
      }
      if (user != null && session != null) {
        usersOfSession.computeIfAbsent(session, s -> new TreeSet<>()).add(user);
      }
      if (user == null && anonymous != null && session != null) {
        anonymousOfSession.computeIfAbsent(session, s -> new TreeSet<>()).add(anonymous);
      }
      if (user == null && anonymous == null && session != null) {
        sessionsAlone.add(session);
      }
    }

    String person(SilverRow event) {
      String user = real(event.userId());
      String anonymous = real(event.anonymousId());
      String session = real(event.sessionId());
      if (user != null) {
        return user;
      }
      if (anonymous != null) {
        return ofAnonymous(anonymous);
      }
      return session == null ? event.visitor() : ofSession(session);
    }

    private String ofAnonymous(String anonymous) {
      Set<String> users = usersOfAnonymous.getOrDefault(anonymous, Set.of());
      return users.size() == 1 ? users.iterator().next() : anonymous;
    }

    private String ofSession(String session) {
      Set<String> users = usersOfSession.getOrDefault(session, Set.of());
      if (!users.isEmpty()) {
        return users.size() == 1 ? users.iterator().next() : session;
      }
      Set<String> anonymous = anonymousOfSession.getOrDefault(session, Set.of());
      return anonymous.size() == 1 ? ofAnonymous(anonymous.iterator().next()) : session;
    }

    List<String> identities(String site) {
      Map<String, String> rows = new TreeMap<>();
      usersOfAnonymous.forEach(
          (id, users) ->
              rows.put("anonymous|" + Oracle.key(id), users.size() == 1 ? ofAnonymous(id) : null));
      anonymousOfSession.forEach(
          (id, ids) ->
              rows.put("session|" + Oracle.key(id), ids.size() == 1 ? ofSession(id) : null));
      usersOfSession.forEach(
          (id, users) ->
              rows.put("session|" + Oracle.key(id), users.size() == 1 ? ofSession(id) : null));
      rows.keySet()
          .removeIf(
              id ->
                  id.startsWith("session|")
                      && !sessionsAlone.contains(id.substring("session|".length())));
      List<String> all = new ArrayList<>();
      rows.forEach(
          (id, person) ->
              all.add(site + "|" + id + "|" + (person == null ? null : Oracle.key(person))));
      return all;
    }
  }

  /** Ids of any length are told apart as all keys are. */
  private static String real(String id) {
    return id == null || id.isBlank() || PLACEHOLDERS.contains(id.strip().toLowerCase(Locale.ROOT))
        ? null
        : Oracle.key(id);
  }

  /** Whom an event counts for. */
  String person(SilverRow event) {
    return sites.get(event.site()).person(event);
  }

  /** The events with the persons that they count for. */
  List<SilverRow> counted(List<SilverRow> events) {
    return events.stream().map(event -> event.of(person(event))).toList();
  }

  /** As gold.identities has them: site, kind, id and person. */
  List<String> identities() {
    List<String> all = new ArrayList<>();
    sites.forEach((site, known) -> all.addAll(known.identities(site)));
    all.sort(null);
    return all;
  }

  /** Gives ids to events whose visitors are so far only names. */
  static List<SilverRow> identified(List<SilverRow> events, Random random) {
    List<SilverRow> identified = new ArrayList<>();
    boolean mean = random.nextInt(3) == 0;
    int shared = random.nextInt(4) == 0 ? 2 : 30;
    for (SilverRow event : events) {
      String name = event.visitor();
      String user =
          switch (random.nextInt(4)) {
            case 0 -> name;
            case 1 -> random.nextInt(6) == 0 ? "NULL" : null;
            default -> null;
          };
      String anonymous =
          random.nextInt(4) == 0
              ? null
              : random.nextInt(shared) == 0
                  ? "device shared"
                  : random.nextInt(20) == 0
                      ? " undefined "
                      : "device of " + name + random.nextInt(2);
      String session =
          random.nextInt(3) == 0
              ? null
              : random.nextInt(shared) == 0
                  ? "session shared"
                  : "session " + name + random.nextInt(3);
      if (mean && random.nextInt(6) == 0) {
        // The same texts as ids of all kinds.
        String text = List.of("x", "y", "z").get(random.nextInt(3));
        switch (random.nextInt(3)) {
          case 0 -> user = text;
          case 1 -> anonymous = text;
          default -> session = text;
        }
      }
      if (user == null && anonymous == null && session == null) {
        session = "0";
      }
      identified.add(event(event, user, anonymous, session));
    }
    return identified;
  }

  /** The event with these ids, the first of which is silver's visitor. */
  static SilverRow event(SilverRow event, String user, String anonymous, String session) {
    return TestEvent.like(event)
        .visitor(user != null ? user : anonymous != null ? anonymous : session)
        .user(user)
        .anonymous(anonymous)
        .session(session)
        .silver();
  }
}
