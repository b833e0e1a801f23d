package io.medallion.silver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of a chunk's candidates are events, which are copies, and which claim an identity that
 * another event has.
 *
 * <p>Plain Java: the verdict depends on the candidates, their order in bronze and what silver
 * holds, and on nothing else, so that every replay comes to the same one.
 *
 * @param events to become silver rows
 * @param duplicates copies with the payload of their first
 * @param conflicts copies with another payload than their first
 */
record Verdicts(List<Candidate> events, List<Candidate> duplicates, List<Candidate> conflicts) {

  /**
   * Judges the candidates of whole bronze versions.
   *
   * @param candidates in any order
   * @param inSilver the fingerprints of those identities among them that silver holds already
   */
  static Verdicts of(List<Candidate> candidates, Map<Identity, Long> inSilver) {
    Map<Identity, Candidate> firsts = new HashMap<>(candidates.size() * 2);
    for (Candidate candidate : candidates) {
      firsts.merge(candidate.identity(), candidate, Verdicts::earlier);
    }
    Verdicts verdicts =
        new Verdicts(new ArrayList<>(firsts.size()), new ArrayList<>(), new ArrayList<>());
    for (Candidate candidate : candidates) {
      Candidate first = firsts.get(candidate.identity());
      Long known = inSilver.get(candidate.identity());
      verdicts.listFor(candidate, first, known).add(candidate);
    }
    return verdicts;
  }

  @SuppressWarnings("ReferenceEquality") // The very one that was found to be the first.
  private List<Candidate> listFor(Candidate candidate, Candidate first, Long known) {
    if (known == null && candidate == first) {
      return events;
    }
    long original = known != null ? known : first.fingerprint();
    return candidate.fingerprint() == original ? duplicates : conflicts;
  }

  private static Candidate earlier(Candidate a, Candidate b) {
    return Candidate.BRONZE_ORDER.compare(a, b) <= 0 ? a : b;
  }
}
