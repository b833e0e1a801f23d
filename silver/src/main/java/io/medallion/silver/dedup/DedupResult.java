package io.medallion.silver.dedup;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
   * @param inSilver the fingerprints of at least those identities among them that silver holds
   */
  public static DedupResult of(Candidates candidates, Map<Identity, Long> inSilver) {
    DedupResult deduplicated =
        new DedupResult((BitSet) candidates.numbers().clone(), new BitSet(), new ArrayList<>());
    SortedHashSet contested = contested(candidates.hashes(), inSilver.keySet());
    if (contested.size() > 0) {
      deduplicated.decide(among(candidates, contested), inSilver);
    }
    return deduplicated;
  }

  /** The hashes that more than one candidate or an event of silver has. */
  private static SortedHashSet contested(SortedHashSet hashes, Collection<Identity> inSilver) {
    LongStream.Builder found = LongStream.builder();
    for (int place = 1; place < hashes.size(); place++) {
      if (hashes.get(place) == hashes.get(place - 1)) {
        found.add(hashes.get(place));
      }
    }
    return SortedHashSet.of(
        LongStream.concat(found.build(), inSilver.stream().mapToLong(Identity::hash)).toArray());
  }

  private static Map<Integer, Candidate> among(Candidates candidates, SortedHashSet contested) {
    Map<Integer, Candidate> found = new HashMap<>();
    candidates.numbers().stream()
        .filter(number -> contested.contains(candidates.hash(number)))
        .forEach(number -> found.put(number, candidates.get(number)));
    return found;
  }

  @SuppressWarnings("ReferenceEquality") // The very one that was found to be the first.
  private void decide(Map<Integer, Candidate> contested, Map<Identity, Long> inSilver) {
    Map<Identity, Candidate> firsts = new HashMap<>();
    for (Candidate candidate : contested.values()) {
      firsts.merge(candidate.identity(), candidate, DedupResult::earlier);
    }
    contested.forEach(
        (number, candidate) -> {
          Candidate first = firsts.get(candidate.identity());
          Long known = inSilver.get(candidate.identity());
          if (known != null || candidate != first) {
            events.clear(number);
            long original = known != null ? known : first.fingerprint();
            if (candidate.fingerprint() == original) {
              duplicates.set(number);
            } else {
              conflicts.add(candidate);
            }
          }
        });
  }

  private static Candidate earlier(Candidate a, Candidate b) {
    return Candidate.BRONZE_ORDER.compare(a, b) <= 0 ? a : b;
  }
}
