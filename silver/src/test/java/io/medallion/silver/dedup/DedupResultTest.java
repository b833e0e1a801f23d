package io.medallion.silver.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.contract.Pseudonyms;
import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/** What becomes of candidates, by hand and against a rule that compares each with every other. */
class DedupResultTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  /** An identity whose hash is that of another one, see {@link #collidingTime}. */
  private static final Identity A_AT_5 = new Identity("a", 5);

  private static final Identity B_LIKE_A_AT_5 = new Identity("b", collidingTime('a', 5, 'b'));

  @Test
  void oneWhoseIdentityNobodyElseHasIsAnEvent() {
    DedupResult result = of(candidate("a", 5, 1, 1), candidate("b", 5, 1, 2));

    assertThat(result.events()).isEqualTo(numbers(0, 1));
    assertThat(result.duplicates()).isEqualTo(numbers());
    assertThat(result.conflicts()).isEmpty();
  }

  @Test
  void aCopyWithThePayloadOfTheFirstIsADuplicate() {
    DedupResult result = of(candidate("a", 5, 1, 1), candidate("a", 5, 1, 2));

    assertThat(result.events()).isEqualTo(numbers(0));
    assertThat(result.duplicates()).isEqualTo(numbers(1));
    assertThat(result.conflicts()).isEmpty();
  }

  @Test
  void aCopyWithAnotherPayloadIsAConflict() {
    Candidate other = candidate("a", 5, 2, 2);
    DedupResult result = of(candidate("a", 5, 1, 1), other);

    assertThat(result.events()).isEqualTo(numbers(0));
    assertThat(result.duplicates()).isEqualTo(numbers());
    assertThat(result.conflicts()).containsExactly(other);
  }

  @Test
  void anIdAtAnotherTimeIsAnotherEvent() {
    assertThat(of(candidate("a", 5, 1, 1), candidate("a", 6, 1, 2)).events())
        .isEqualTo(numbers(0, 1));
  }

  /** It is compared with the first, not with the nearest. */
  @Test
  void aThirdCopyIsJudgedByTheFirst() {
    Candidate second = candidate("a", 5, 2, 2);
    DedupResult result = of(candidate("a", 5, 1, 1), second, candidate("a", 5, 1, 3));

    assertThat(result.events()).isEqualTo(numbers(0));
    assertThat(result.duplicates()).isEqualTo(numbers(2));
    assertThat(result.conflicts()).containsExactly(second);
  }

  @Test
  void theFirstIsTheLeastBySequenceNumberTopicPartitionAndOffset() {
    Candidate first = candidate(1, "t", 4, 9);

    assertFirst(first, candidate(2, "t", 4, 9));
    assertFirst(first, candidate(2, "s", 3, 8));
    assertFirst(first, candidate(1, "u", 4, 9));
    assertFirst(first, candidate(1, "u", 3, 8));
    assertFirst(first, candidate(1, "t", 5, 9));
    assertFirst(first, candidate(1, "t", 5, 8));
    assertFirst(first, candidate(1, "t", 4, 10));
    assertFirst(candidate(1, "t", 4, 9), candidate(1, "t", 10, 1));
  }

  @Test
  void whatSilverHoldsIsTheFirst() {
    Candidate other = candidate("a", 5, 2, 2);
    DedupResult result =
        of(
            Map.of(A_AT_5, Original.beforeAll(1)),
            candidate("a", 5, 1, 1),
            other,
            candidate("a", 6, 1, 3));

    assertThat(result.events()).isEqualTo(numbers(2));
    assertThat(result.duplicates()).isEqualTo(numbers(0));
    assertThat(result.conflicts()).containsExactly(other);
  }

  @Test
  void anEventOfSilverThatOnlySharesTheHashIsNoOriginal() {
    assertThat(IdentityRule.ID_AND_TIME.hash(B_LIKE_A_AT_5))
        .isEqualTo(IdentityRule.ID_AND_TIME.hash(A_AT_5));
    DedupResult result = of(Map.of(B_LIKE_A_AT_5, Original.beforeAll(1)), candidate("a", 5, 1, 1));

    assertThat(result.events()).isEqualTo(numbers(0));
    assertThat(result.duplicates()).isEqualTo(numbers());
    assertThat(result.conflicts()).isEmpty();
  }

  @Test
  void candidatesThatOnlyShareTheHashAreTwoEvents() {
    DedupResult result =
        of(candidate("a", 5, 1, 1), candidate("b", B_LIKE_A_AT_5.timeMicros(), 1, 2));

    assertThat(result.events()).isEqualTo(numbers(0, 1));
  }

  /** They are numbered on, and what was taken out decides about nobody. */
  @Test
  void candidatesThatAreNoneAnyMoreDecideNothing() {
    Candidates all =
        candidates(
            List.of(List.of(candidate("a", 5, 1, 1), candidate("a", 5, 2, 2))),
            IdentityRule.ID_AND_TIME);

    DedupResult result =
        DedupResult.of(
            all.without(c -> c.offset() == 1), Map.of(), IdentityRule.ID_AND_TIME, Pseudonyms.NONE);

    assertThat(result.events()).isEqualTo(numbers(1));
    assertThat(result.duplicates()).isEqualTo(numbers());
    assertThat(result.conflicts()).isEmpty();
    assertThat(all.numbers()).isEqualTo(numbers(0, 1));
  }

  @Test
  void withinTheReachAnIdAtAnotherTimeIsACopyAndBehindItAnEvent() {
    Candidate otherPayload = candidate("a", 14, 2, 4);
    DedupResult result =
        of(
            within(10),
            Map.of(),
            candidate("a", 5, 1, 1),
            candidate("a", 15, 1, 2),
            candidate("a", 16, 1, 3),
            otherPayload,
            candidate("b", 5, 1, 5));

    assertThat(result.events()).isEqualTo(numbers(0, 2, 4));
    assertThat(result.duplicates()).isEqualTo(numbers(1));
    assertThat(result.conflicts()).containsExactly(otherPayload);
  }

  /** Bronze's order decides and not time: what came first was there to be copied. */
  @Test
  void theFirstIsTheEventAlsoIfACopyIsOfAnEarlierTime() {
    assertThat(of(within(10), Map.of(), candidate("a", 5, 1, 2), candidate("a", 6, 1, 1)).events())
        .isEqualTo(numbers(1));
  }

  /** A copy of a copy that is further from the event is an event: copies are nobody's originals. */
  @Test
  void copiesDoNotExtendTheReach() {
    DedupResult result =
        of(
            within(10),
            Map.of(new Identity("a", 0), Original.beforeAll(1)),
            candidate("a", 8, 1, 1),
            candidate("a", 16, 1, 2));

    assertThat(result.events()).isEqualTo(numbers(1));
    assertThat(result.duplicates()).isEqualTo(numbers(0));
  }

  /**
   * A replay of some days finds events of others that came after its candidates. Such a one has the
   * payload of a candidate that conflicts with the event which was there when it came.
   */
  @Test
  void whatCameLaterIsNoOriginalWhereThereIsAnEarlierOne() {
    Candidate first = candidate("a", 5, 1, 1);
    Candidate second = candidate("a", 8, 2, 2);
    Candidate later = candidate("a", 16, 2, 3);

    assertThat(of(within(10), placed(later), first, second).conflicts()).containsExactly(second);
    assertThat(of(within(10), placed(first, later), second).conflicts()).containsExactly(second);
  }

  @Test
  void whatCameLaterIsNoConflictForACopyOfAnEarlierOne() {
    Candidate first = candidate("a", 5, 1, 1);
    Candidate later = candidate("a", 16, 2, 3);
    DedupResult result = of(within(10), placed(first, later), candidate("a", 8, 1, 2));

    assertThat(result.duplicates()).isEqualTo(numbers(0));
    assertThat(result.conflicts()).isEmpty();
  }

  /**
   * After a change of rules: silver keeps the later one, so the candidate would be counted twice.
   */
  @Test
  void whatCameLaterIsTheOriginalWhereThereIsNoEarlierOne() {
    DedupResult result = of(within(10), placed(candidate("a", 16, 1, 3)), candidate("a", 8, 1, 2));

    assertThat(result.events()).isEqualTo(numbers());
    assertThat(result.duplicates()).isEqualTo(numbers(0));
  }

  private static Map<Identity, Original> placed(Candidate... events) {
    Map<Identity, Original> inSilver = new HashMap<>();
    for (Candidate event : events) {
      inSilver.put(event.identity(), Original.of(event));
    }
    return inSilver;
  }

  private static IdentityRule within(int micros) {
    return new IdentityRule(IdentityKind.ID, micros);
  }

  @Test
  void noCandidatesMakeNothing() {
    DedupResult result =
        DedupResult.of(
            Candidates.of(List.of()),
            Map.of(A_AT_5, Original.beforeAll(1)),
            IdentityRule.ID_AND_TIME,
            Pseudonyms.NONE);

    assertThat(result.events()).isEqualTo(numbers());
  }

  @Test
  void theVerdictIsThatOfComparingEachWithEveryOther() {
    Random random = new Random(SEED);
    for (int round = 0; round < 1_000; round++) {
      IdentityRule rule = round % 2 == 0 ? IdentityRule.ID_AND_TIME : within(1 + random.nextInt(2));
      List<List<Candidate>> blocks = new ArrayList<>();
      List<Candidate> all = new ArrayList<>();
      for (int b = random.nextInt(5); b > 0; b--) {
        List<Candidate> block = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
          block.add(candidate(random, all.size() + block.size()));
        }
        blocks.add(block);
        all.addAll(block);
      }
      Map<Identity, Original> inSilver = new HashMap<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        Candidate event = candidate(random, 500 + i);
        inSilver.put(
            event.identity(),
            random.nextBoolean() ? Original.of(event) : Original.beforeAll(event.fingerprint()));
      }

      assertVerdict(
          "seed %d, round %d: %s with %s".formatted(SEED, round, blocks, inSilver),
          DedupResult.of(candidates(blocks, rule), inSilver, rule, Pseudonyms.NONE),
          all,
          inSilver,
          rule.reachMicros());
    }
  }

  private static void assertVerdict(
      String where,
      DedupResult result,
      List<Candidate> all,
      Map<Identity, Original> inSilver,
      long reach) {
    BitSet events = new BitSet();
    BitSet duplicates = new BitSet();
    Set<Candidate> conflicts = new HashSet<>();
    List<Candidate> inOrder = new ArrayList<>(all);
    inOrder.sort((a, b) -> isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);
    List<Candidate> firsts = new ArrayList<>();
    inSilver.forEach(
        (id, original) ->
            firsts.add(
                original.place() != null
                    ? original.place()
                    : new Candidate(id, original.fingerprint(), 0, "", 0, 0, 0)));
    for (Candidate candidate : inOrder) {
      List<Candidate> near =
          firsts.stream()
              .filter(f -> f.identity().eventId().equals(candidate.identity().eventId()))
              .filter(
                  f ->
                      Math.abs(f.identity().timeMicros() - candidate.identity().timeMicros())
                          <= reach)
              .toList();
      List<Candidate> earlier = near.stream().filter(f -> isBefore(f, candidate)).toList();
      List<Candidate> originals = earlier.isEmpty() ? near : earlier;
      if (originals.isEmpty()) {
        firsts.add(candidate);
        events.set(all.indexOf(candidate));
      } else if (originals.stream().anyMatch(f -> f.fingerprint() == candidate.fingerprint())) {
        duplicates.set(all.indexOf(candidate));
      } else {
        conflicts.add(candidate);
      }
    }
    assertThat(result.events()).as(where).isEqualTo(events);
    assertThat(result.duplicates()).as(where).isEqualTo(duplicates);
    assertThat(result.conflicts()).as(where).containsExactlyInAnyOrderElementsOf(conflicts);
  }

  private static boolean isBefore(Candidate a, Candidate b) {
    if (a.seq() != b.seq()) {
      return a.seq() < b.seq();
    }
    if (!a.topic().equals(b.topic())) {
      return a.topic().compareTo(b.topic()) < 0;
    }
    if (a.partition() != b.partition()) {
      return a.partition() < b.partition();
    }
    return a.offset() != b.offset() ? a.offset() < b.offset() : a.index() < b.index();
  }

  /** Two copies in both orders, with different payloads so that one of them is a conflict. */
  private static void assertFirst(Candidate first, Candidate second) {
    Candidate other =
        new Candidate(
            second.identity(),
            2,
            second.seq(),
            second.topic(),
            second.partition(),
            second.offset(),
            0);
    assertThat(of(first, other).conflicts()).containsExactly(other);
    assertThat(of(other, first).conflicts()).containsExactly(other);
    assertThat(of(other, first).events()).isEqualTo(numbers(1));
  }

  /** Few identities, some of one hash; every place in bronze's order once. */
  private static Candidate candidate(Random random, int offset) {
    return new Candidate(
        identity(random),
        random.nextInt(2),
        random.nextInt(3),
        random.nextBoolean() ? "t" : "u",
        random.nextInt(2),
        random.nextBoolean() ? offset : 1_000 - offset,
        random.nextInt(3));
  }

  private static Identity identity(Random random) {
    long time = random.nextInt(4);
    return switch (random.nextInt(3)) {
      case 0 -> new Identity("a", time);
      case 1 -> new Identity("b", collidingTime('a', time, 'b'));
      default -> new Identity("c" + random.nextInt(20), time);
    };
  }

  /**
   * The time at which another id of one letter has the same hash. For one byte xxHash64 is a
   * bijection of {@code (seed + prime + 1) ^ (byte * prime)}, and the seed is the time.
   */
  private static long collidingTime(char id, long time, char other) {
    long prime = 0x27D4EB2F165667C5L;
    return ((time + prime + 1) ^ (id * prime) ^ (other * prime)) - prime - 1;
  }

  private static Candidate candidate(String id, long time, long fingerprint, long offset) {
    return new Candidate(new Identity(id, time), fingerprint, 1, "t", 0, offset, 0);
  }

  private static Candidate candidate(long seq, String topic, int partition, long offset) {
    return new Candidate(A_AT_5, 1, seq, topic, partition, offset, 0);
  }

  private static DedupResult of(Candidate... candidates) {
    return of(Map.of(), candidates);
  }

  private static DedupResult of(Map<Identity, Original> inSilver, Candidate... candidates) {
    return of(IdentityRule.ID_AND_TIME, inSilver, candidates);
  }

  private static DedupResult of(
      IdentityRule rule, Map<Identity, Original> inSilver, Candidate... candidates) {
    return DedupResult.of(
        candidates(List.of(List.of(candidates)), rule), inSilver, rule, Pseudonyms.NONE);
  }

  private static Candidates candidates(List<List<Candidate>> blocks, IdentityRule rule) {
    StructType schema = TableDefinition.SILVER.schema();
    List<CandidateBlock> packed = new ArrayList<>();
    for (List<Candidate> candidates : blocks) {
      CandidateBlock block = new CandidateBlock(packed.size(), rule);
      for (Candidate candidate : candidates) {
        Object[] row = new Object[schema.length()];
        row[schema.fieldIndex(SilverColumns.EVENT_ID)] =
            UTF8String.fromString(candidate.identity().eventId());
        row[schema.fieldIndex(SilverColumns.EVENT_TIME)] = candidate.identity().timeMicros();
        row[schema.fieldIndex(SilverColumns.FINGERPRINT)] = candidate.fingerprint();
        row[schema.fieldIndex(SilverColumns.COMMIT_SEQ)] = candidate.seq();
        row[schema.fieldIndex(SilverColumns.TOPIC)] = UTF8String.fromString(candidate.topic());
        row[schema.fieldIndex(SilverColumns.PARTITION)] = candidate.partition();
        row[schema.fieldIndex(SilverColumns.OFFSET)] = candidate.offset();
        row[schema.fieldIndex(SilverColumns.EVENT_INDEX)] =
            candidate.index() == 0 ? null : candidate.index();
        block.add(block.size(), new GenericInternalRow(row));
      }
      block.trim();
      packed.add(block);
    }
    return Candidates.of(packed);
  }

  private static BitSet numbers(int... numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      set.set(number);
    }
    return set;
  }
}
