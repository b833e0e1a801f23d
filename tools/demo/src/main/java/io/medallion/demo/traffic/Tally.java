package io.medallion.demo.traffic;

/** Counts what one thread sent. */
final class Tally {
  long sent;
  long broken;
  long duplicates;
  long conflicts;
  long events;
  long crawlerEvents;
  long late;
  long heldBack;

  void count(Emission emission) {
    sent++;
    switch (emission.kind()) {
      case BROKEN -> broken++;
      case DUPLICATE -> duplicates++;
      case CONFLICT -> conflicts++;
      case EVENT -> countEvent(emission);
    }
  }

  void include(Tally other) {
    sent += other.sent;
    broken += other.broken;
    duplicates += other.duplicates;
    conflicts += other.conflicts;
    events += other.events;
    crawlerEvents += other.crawlerEvents;
    late += other.late;
    heldBack += other.heldBack;
  }

  private void countEvent(Emission emission) {
    events++;
    crawlerEvents += emission.crawler() ? 1 : 0;
    late += emission.late() ? 1 : 0;
    heldBack += emission.heldBack() ? 1 : 0;
  }
}
