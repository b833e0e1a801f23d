package io.medallion.demo.traffic;

import java.nio.charset.StandardCharsets;
import java.util.PriorityQueue;

/**
 * The people of one thread and the records that they cause, one after the other, by a clock of its
 * own. The sequence is fixed by the settings, the seed and the start.
 */
final class Population {
  private static final long MINUTE = 60_000_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long SECOND = 1_000_000L;

  /** How long people look at a page, on average, if there are enough of them. */
  private static final double THINK_SECONDS = 2;

  /** The rest are at home, so that visits end and others begin. */
  private static final double LARGEST_SHARE_PRESENT = 0.4;

  /** Whole visits that lie behind, against single events: both are late. */
  private static final double LATE_VISITS = 0.7;

  /** Whoever visits another shop is another visitor there. */
  private static final double VISITS_ELSEWHERE = 0.15;

  /** Records that wait are held in memory. */
  private static final int MOST_WAITING = 20_000;

  private record Waiting(long dueMicros, long order, Emission emission) {}

  private final TrafficSettings settings;
  private final Addresses addresses = new Addresses();
  private final Shop shop = new Shop();
  private final EventWriter writer;
  private final SeededRandom random;
  private final PopulationClock clock;
  private final int[] atHome;
  private final Visit[] present;
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          (a, b) ->
              a.dueMicros != b.dueMicros
                  ? Long.compare(a.dueMicros, b.dueMicros)
                  : Long.compare(a.order, b.order));
  private final double brokenOfFresh;
  private final double duplicatesOfEvents;
  private final double conflictsOfEvents;
  private final long identity;
  private int nextAtHome;
  private long ticks;
  private long actions;
  private long visits;

  /**
   * @param thread which of the settings' threads, from 0
   */
  Population(TrafficSettings settings, PopulationClock clock, int thread) {
    this.settings = settings;
    this.writer = new EventWriter(settings.detailed());
    this.clock = clock;
    this.random = SeededRandom.of(settings.seed(), 2, thread);
    this.identity = SeededRandom.hash(settings.seed(), clock.startMicros(), thread);
    TrafficSettings.Shares shares = settings.shares();
    double events = 1 - shares.broken() - shares.duplicate() - shares.conflict();
    this.brokenOfFresh = shares.broken() / (events + shares.broken());
    this.duplicatesOfEvents = shares.duplicate() / events;
    this.conflictsOfEvents = shares.conflict() / events;
    int people = (settings.users() - thread + settings.threads() - 1) / settings.threads();
    double wanted = THINK_SECONDS * SECOND / clock.tickMicros();
    this.present = new Visit[(int) Math.max(1, Math.min(people * LARGEST_SHARE_PRESENT, wanted))];
    this.atHome = new int[people];
    for (int i = 0; i < people; i++) {
      atHome[i] = thread + i * settings.threads();
    }
    shuffle(atHome);
    for (int i = 0; i < present.length; i++) {
      present[i] = arrival();
    }
  }

  /** The next record. */
  Emission next() {
    long now = clock.micros(ticks++);
    Waiting first = waiting.peek();
    if (first != null && first.dueMicros <= now) {
      waiting.poll();
      return sent(first.emission, now);
    }
    while (true) {
      Emission fresh = act(now);
      if (random.happens(brokenOfFresh)) {
        return fresh.as(Emission.Kind.BROKEN, Fault.of(fresh.value(), random), false);
      }
      if (!random.happens(settings.shares().outOfOrder()) || waiting.size() >= MOST_WAITING) {
        return sent(fresh, now);
      }
      waitFor(random.between(1, 20) * SECOND, now, fresh.withHeldBack());
    }
  }

  /** When the next record is due, on this crowd's clock. */
  long nextMicros() {
    return clock.micros(ticks);
  }

  /** What has been sent may be sent again, or be contradicted. */
  private Emission sent(Emission emission, long now) {
    if (emission.kind() != Emission.Kind.EVENT || waiting.size() >= MOST_WAITING) {
      return emission;
    }
    if (random.happens(duplicatesOfEvents)) {
      long after = random.happens(0.9) ? random.between(1, 30) : random.between(31, 600);
      waitFor(
          after * SECOND,
          now,
          emission.as(Emission.Kind.DUPLICATE, emission.value(), random.happens(0.3)));
    }
    if (random.happens(conflictsOfEvents)) {
      waitFor(
          random.between(1, 10) * SECOND,
          now,
          emission.as(Emission.Kind.CONFLICT, EventWriter.corrected(emission.value()), false));
    }
    return emission;
  }

  private void waitFor(long micros, long now, Emission emission) {
    waiting.add(new Waiting(now + micros, actions++, emission));
  }

  private Emission act(long now) {
    int place = random.below(present.length);
    Visit visit = present[place];
    Action action = visit.act();
    long behind = visit.behindMicros + singleDelay();
    // Browsers write milliseconds: the time that counts is the one written.
    long micros = visit.person.app() ? now - behind : (now - behind) / 1_000 * 1_000;
    long actionNumber = actions++;
    byte[] value =
        writer.write(
            visit,
            action,
            SeededRandom.hash(identity, 3, actionNumber),
            SeededRandom.hash(identity, 4, actionNumber),
            micros);
    String visitor = visit.visitor();
    String device = visit.device();
    visit.moveOn(action);
    if (visit.over()) {
      present[place] = arrival();
    }
    return new Emission(
        Emission.Kind.EVENT,
        visitor.getBytes(StandardCharsets.UTF_8),
        value,
        false,
        visit.site,
        visitor,
        device,
        micros,
        action.type(),
        action.countedPage(),
        visit.person.crawler(),
        behind >= MINUTE,
        false);
  }

  /** An event that a phone kept while it had no network. */
  private long singleDelay() {
    if (!random.happens(settings.shares().late() * (1 - LATE_VISITS))) {
      return 0;
    }
    double kind = random.unit();
    long longest = kind < 0.7 ? HOUR : kind < 0.95 ? DAY : 10 * DAY;
    return MINUTE + (long) (random.unit() * (longest - MINUTE));
  }

  private Visit arrival() {
    int at = nextAtHome + random.below(Math.min(32, atHome.length));
    int number = atHome[at % atHome.length];
    atHome[at % atHome.length] = atHome[nextAtHome];
    atHome[nextAtHome] = number;
    nextAtHome = (nextAtHome + 1) % atHome.length;
    Person person = Person.of(settings.seed(), number, addresses, settings.shares().bots());
    long id = SeededRandom.hash(identity, 5, visits++);
    long behind =
        random.happens(settings.shares().late() * LATE_VISITS)
            ? 31 * MINUTE + (long) (random.unit() * 12 * HOUR)
            : 0;
    return new Visit(
        person,
        site(number),
        "s-%016x".formatted(id),
        behind,
        shop,
        settings.shares().logins(),
        new SeededRandom(id));
  }

  /** Mostly the one where a person always is; there may be none to tell. */
  private String site(int number) {
    if (settings.sites().isEmpty()) {
      return null;
    }
    int usual = number % settings.sites().size();
    int other = random.happens(VISITS_ELSEWHERE) ? random.below(settings.sites().size()) : usual;
    return settings.sites().get(other);
  }

  private void shuffle(int[] numbers) {
    for (int i = numbers.length - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int kept = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = kept;
    }
  }
}
