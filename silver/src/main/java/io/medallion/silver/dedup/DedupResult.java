package io.medallion.silver.dedup;

import io.medallion.common.contract.Pseudonyms;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Which of a chunk's candidates are events, which are copies, and which claim an identity that
 * another event has.
 *
 * <p>Plain Java: the dedup result depends on the candidates, their order in bronze and what silver
 * holds, and on nothing else, so that every replay comes to the same one.
 *
 * @param events the numbers of those to become silver rows
 * @param duplicates the numbers of copies with the payload of their first
 * @param conflicts copies with another payload than their first
 */
public record DedupResult(BitSet events, BitSet duplicates, List<Candidate> conflicts) {

  /**
   * Decides about the candidates of whole bronze versions.
   *
   * <p>One whose hash no other has, here or in silver, is an event; only of the others, a few in a
   * hundred, the identities themselves are compared.
   *
   * @param inSilver at least those events of silver that they may be copies of
   * @param pseudonyms by which fingerprints are sealed
   */
  public static DedupResult of(
      Candidates candidates,
      Map<Identity, Original> inSilver,
      IdentityRule rule,
      Pseudonyms pseudonyms) {
    DedupResult deduplicated =
        new DedupResult((BitSet) candidates.numbers().clone(), new BitSet(), new ArrayList<>());
    SortedHashSet contested = contested(candidates.hashes(), inSilver.keySet(), rule);
    if (contested.size() > 0) {
      deduplicated.decide(among(candidates, contested), inSilver, rule.reachMicros(), pseudonyms);
    }
    return deduplicated;
  }

  /** The hashes that more than one candidate or an event of silver has. */
  private static SortedHashSet contested(
      SortedHashSet hashes, Collection<Identity> inSilver, IdentityRule rule) {
    LongStream.Builder found = LongStream.builder();
    for (int place = 1; place < hashes.size(); place++) {
      if (hashes.get(place) == hashes.get(place - 1)) {
        found.add(hashes.get(place));
      }
    }
    return SortedHashSet.of(
        LongStream.concat(found.build(), inSilver.stream().mapToLong(rule::hash)).toArray());
  }

  private static Map<Integer, Candidate> among(Candidates candidates, SortedHashSet contested) {
    Map<Integer, Candidate> found = new HashMap<>();
    candidates.numbers().stream()
        .filter(number -> contested.contains(candidates.hash(number)))
        .forEach(number -> found.put(number, candidates.get(number)));
    return found;
  }

  /**
   * In bronze's order each is a copy of what is an event by then, near its time, or an event
   * itself. Of several events near it, any may be the one that it is a copy of.
   */
  private void decide(
      Map<Integer, Candidate> contested,
      Map<Identity, Original> inSilver,
      long reach,
      Pseudonyms pseudonyms) {
    Map<String, NavigableMap<Long, Original>> originals = new HashMap<>();
    inSilver.forEach(
        (identity, original) -> timesOf(originals, identity).put(time(identity), original));
    contested.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Candidate.BRONZE_ORDER))
        .forEach(
            entry -> {
              Candidate candidate = entry.getValue();
              long time = time(candidate.identity());
              NavigableMap<Long, Original> byTime = timesOf(originals, candidate.identity());
              Collection<Original> near =
                  deciding(
                      byTime.subMap(time - reach, true, time + reach, true).values(), candidate);
              if (near.isEmpty()) {
                byTime.put(time, Original.of(candidate));
                return;
              }
              events.clear(entry.getKey());
              if (near.stream()
                  .anyMatch(o -> pseudonyms.isSame(candidate.fingerprint(), o.fingerprint()))) {
                duplicates.set(entry.getKey());
              } else {
                conflicts.add(candidate);
              }
            });
  }

  /**
   * Of the events near a candidate those that decide about it: the ones that came before it. Where
   * there are only later ones, these: silver keeps them, and it must not count one event twice.
   */
  private static Collection<Original> deciding(Collection<Original> near, Candidate candidate) {
    List<Original> earlier = near.stream().filter(o -> o.isBefore(candidate)).toList();
    return earlier.isEmpty() ? near : earlier;
  }

  private static NavigableMap<Long, Original> timesOf(
      Map<String, NavigableMap<Long, Original>> originals, Identity identity) {
    return originals.computeIfAbsent(identity.eventId(), id -> new TreeMap<>());
  }

  private static long time(Identity identity) {
    return identity.timeMicros();
  }
}
