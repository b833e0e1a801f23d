package io.medallion.demo.ingest;

import io.medallion.common.event.EventMembers;
import io.medallion.common.event.EventMembers.Member;
import io.medallion.common.event.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Passes a JSON event on as it is, byte for byte, except that fields which the user maps get the
 * contract's names. As with {@code silver.fields} the mapped one wins, another of its name is kept
 * next to it, and a value from inside an object stays there, too.
 */
final class JsonMapper {
  private final List<FieldPath> mapped;
  private final EventMaker events;
  private final EventMembers members = new EventMembers();
  private final Set<FieldPath> unseen;

  JsonMapper(List<FieldPath> mapped, EventMaker events) {
    this.mapped = mapped;
    this.events = events;
    this.unseen = new HashSet<>(mapped);
  }

  /** Never fails: what cannot be mapped goes as it is, for quarantine to show. */
  Outgoing map(Line line) {
    if (line.isTooLong()) {
      return Outgoing.tooLong(line.number(), line.length());
    }
    byte[] json = mapped.isEmpty() ? line.bytes() : renamed(line.bytes());
    return events.of(line.number(), line.bytes(), json, line.bytes());
  }

  /** Mapped paths that no event had. */
  List<String> unseen() {
    return mapped.stream().filter(unseen::contains).map(FieldPath::text).toList();
  }

  private byte[] renamed(byte[] json) {
    Optional<List<Member>> top = members.of(json);
    return top.isEmpty() ? json : renamed(json, top.get());
  }

  private byte[] renamed(byte[] json, List<Member> top) {
    Map<Member, String> names = new HashMap<>();
    List<String> copies = new ArrayList<>();
    Set<String> won = new HashSet<>();
    for (FieldPath path : mapped) {
      List<Member> found = at(path.names(), json, top);
      if (found.isEmpty()) {
        continue;
      }
      unseen.remove(path);
      won.add(path.field());
      if (path.names().size() == 1) {
        // Twice is a fault of the event, which silver is to see.
        found.forEach(member -> names.put(member, path.field()));
      } else {
        found.forEach(member -> copies.add(member(path.field(), text(json, member))));
      }
    }
    Set<String> taken = new HashSet<>(top.stream().map(Member::name).toList());
    for (Member member : top) {
      if (won.contains(member.name()) && !names.containsKey(member)) {
        names.put(member, free(member.name(), taken));
      }
    }
    Edits edits = new Edits();
    names.forEach(
        (member, name) -> edits.replace(member.nameFrom(), member.nameUntil(), "\"" + name + "\""));
    copies.forEach(copy -> edits.insert(EventMaker.behindBrace(json), copy + ","));
    return edits.in(json);
  }

  /** The present values at a path: none, one, or more where a name on it stands twice. */
  private List<Member> at(List<String> path, byte[] json, List<Member> level) {
    List<Member> found = new ArrayList<>();
    for (Member member : level) {
      if (!member.name().equals(path.get(0)) || member.isAbsent()) {
        continue;
      }
      if (path.size() == 1) {
        found.add(member);
      } else if (json[member.from()] == '{') {
        List<Member> below = members.in(json, member.from(), member.until()).orElseGet(List::of);
        found.addAll(at(path.subList(1, path.size()), json, below));
      }
    }
    return found;
  }

  private static String member(String name, String value) {
    return "\"" + name + "\":" + value;
  }

  private static String text(byte[] json, Member member) {
    return new String(json, member.from(), member.until() - member.from(), StandardCharsets.UTF_8);
  }

  private static String free(String name, Set<String> taken) {
    String free = "$." + name;
    while (!taken.add(free)) {
      free = "$." + free;
    }
    return free;
  }
}
