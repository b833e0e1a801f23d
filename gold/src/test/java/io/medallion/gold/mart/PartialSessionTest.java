package io.medallion.gold.mart;

import static io.medallion.gold.mart.Events.at;
import static io.medallion.gold.mart.Events.cartAdd;
import static io.medallion.gold.mart.Events.home;
import static io.medallion.gold.mart.Events.late;
import static io.medallion.gold.mart.Events.product;
import static io.medallion.gold.mart.Events.purchase;
import static io.medallion.gold.mart.Events.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartialSessionTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @Test
  void aSessionReachesFromItsFirstToItsLastEvent() {
    SessionRow session = of(at(50, "b"), at(10, "c"), at(90, "a"));

    assertThat(session.start()).isEqualTo(10);
    assertThat(session.end()).isEqualTo(90);
    assertThat(session.events()).isEqualTo(3);
    assertThat(session.entryId()).isEqualTo("c");
  }

  @Test
  void theFirstEventSaysWhereTheVisitorWas() {
    assertThat(of(home(20, "a", "DE"), home(10, "b", "FR")).country()).isEqualTo("FR");
    assertThat(of(home(20, "a", "DE"), home(10, "b", null)).country()).isNull();
    assertThat(of(home(20, "a", "DE"), home(10, "b", "FR")).city()).isEqualTo("city of FR");
  }

  @Test
  void ofEventsAtOneTimeTheSmallerIdIsFirst() {
    assertThat(of(home(10, "b", "DE"), home(10, "a", "FR")).country()).isEqualTo("FR");
    assertThat(of(home(10, "a", "DE"), home(10, "b", "FR")).country()).isEqualTo("DE");
  }

  @Test
  void ofPagesAtOneTimeTheSmallestIdEntersAndTheGreatestLeaves() {
    SessionRow session = of(view(10, "b", "/b"), view(10, "c", "/c"), view(10, "a", "/a"));

    assertThat(session.entryPage()).isEqualTo("/a");
    assertThat(session.entryPageId()).isEqualTo("a");
    assertThat(session.exitPage()).isEqualTo("/c");
    assertThat(session.exitPageId()).isEqualTo("c");
  }

  /**
   * By the bytes of UTF-8 a character beyond 16 bits is the greatest, in Java's order it is not.
   */
  @Test
  void idsAreInTheOrderOfPostgres() {
    SessionRow session = of(view(10, "\ud83d\ude00", "/astral"), view(10, "\uffee", "/plain"));

    assertThat(session.entryPage()).isEqualTo("/plain");
    assertThat(session.exitPage()).isEqualTo("/astral");
  }

  @Test
  void aViewWithoutAPageCountsButIsNoEntry() {
    SessionRow session = of(view(10, "a", null), view(20, "b", "/b"), view(30, "c", null));

    assertThat(session.pageViews()).isEqualTo(3);
    assertThat(session.entryPage()).isEqualTo("/b");
    assertThat(session.exitPage()).isEqualTo("/b");
    assertThat(session.entryPageTime()).isEqualTo(20);
    assertThat(session.exitPageTime()).isEqualTo(20);
  }

  @Test
  void aSessionWithoutViewsHasNoPages() {
    SessionRow session = of(at(10, "a"));

    assertThat(session.entryPage()).isNull();
    assertThat(session.exitPageTime()).isNull();
    assertThat(session.products()).isEmpty();
    assertThat(session.currency()).isNull();
  }

  @Test
  void tenProductsAreKeptAndAnEleventhIsNot() {
    List<String> ten = IntStream.range(0, 10).mapToObj(i -> "p" + i).toList();

    assertThat(of(products(10)).products()).isEqualTo(ten);
    assertThat(of(products(11)).products()).isEqualTo(ten);
    assertThat(of(products(11)).productTimes())
        .containsExactly(100L, 101L, 102L, 103L, 104L, 105L, 106L, 107L, 108L, 109L);
  }

  @Test
  void anEarlierProductTakesThePlaceOfTheLastOfTen() {
    List<SilverEvent> events = products(10);
    events.add(product(99, "x", "early"));

    SessionRow session = of(events);

    assertThat(session.products()).hasSize(10).startsWith("early", "p0").endsWith("p8");
  }

  @Test
  void aProductThatWasDroppedComesBackWithAnEarlierSight() {
    List<SilverEvent> events = products(11);
    events.add(product(105, "x", "p10"));

    // At 105 there is p5 as well; ties are in the order of the products.
    assertThat(of(events).products())
        .containsExactly("p0", "p1", "p2", "p3", "p4", "p10", "p5", "p6", "p7", "p8");
  }

  @Test
  void aProductCountsOnceFromItsFirstSightOn() {
    SessionRow session =
        of(
            product(30, "a", "p"),
            product(10, "b", "q"),
            product(5, "c", "p"),
            product(50, "d", "q"));

    assertThat(session.products()).containsExactly("p", "q");
    assertThat(session.productTimes()).containsExactly(5L, 10L);
  }

  @Test
  void revenueIsPriceTimesQuantity() {
    SessionRow session =
        of(
            purchase(1, "a", "19.99", 3, "EUR"),
            purchase(2, "b", "0.000001", null, "EUR"),
            purchase(3, "c", null, 4, "EUR"),
            cartAdd(4, "d"));

    assertThat(session.revenue()).isEqualByComparingTo("59.970001");
    assertThat(session.purchases()).isEqualTo(3);
    assertThat(session.cartAdds()).isEqualTo(1);
    assertThat(session.currency()).isEqualTo("EUR");
  }

  @Test
  void oneCurrencyIsNamedAndTwoAreMixed() {
    assertThat(of(purchase(1, "a", "1", 1, "EUR"), at(2, "b")).currency()).isEqualTo("EUR");
    assertThat(of(purchase(1, "a", "1", 1, "EUR"), purchase(2, "b", "1", 1, "USD")).currency())
        .isEqualTo("(mixed)");
    assertThat(of(purchase(1, "a", "1", 1, "EUR"), purchase(2, "b", "1", 1, null)).currency())
        .isEqualTo("(mixed)");
    assertThat(of(purchase(1, "a", "1", 1, null)).currency()).isEqualTo("(none)");
  }

  @Test
  void mixedStaysMixed() {
    PartialSession mixed =
        partial(purchase(1, "a", "1", 1, "EUR"), purchase(2, "b", "1", 1, "USD"));
    PartialSession one = partial(purchase(3, "c", "1", 1, "EUR"));

    one.add(mixed);

    assertThat(SessionRow.of(one).currency()).isEqualTo("(mixed)");
  }

  @Test
  void twoMinutesAreInTimeAndAMicrosecondMoreIsLate() {
    assertThat(of(late(5, "a", 120_000_000)).lateEvents()).isZero();
    assertThat(of(late(5, "a", 120_000_001)).lateEvents()).isEqualTo(1);
  }

  @Test
  void eventsInAnyOrderAndInAnyPartsMakeOneSession() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      List<SilverEvent> events = SessionOracle.random(random, 1 + random.nextInt(40), 30);
      List<PartialSession> parts = new ArrayList<>();
      for (SilverEvent event : events) {
        if (parts.isEmpty() || random.nextInt(3) == 0) {
          parts.add(new PartialSession(event));
        } else {
          parts.get(random.nextInt(parts.size())).add(event);
        }
      }
      Collections.shuffle(parts, random);
      while (parts.size() > 1) {
        PartialSession part = parts.remove(random.nextInt(parts.size()));
        parts.get(random.nextInt(parts.size())).add(part);
      }

      assertThat(SessionRow.of(parts.get(0)))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(SessionOracle.session(events));
    }
  }

  /** Products p0, p1, ... at 100, 101, ..., the last one first. */
  private static List<SilverEvent> products(int count) {
    List<SilverEvent> events = new ArrayList<>();
    for (int i = count - 1; i >= 0; i--) {
      events.add(product(100 + i, "e" + i, "p" + i));
    }
    return events;
  }

  private static SessionRow of(SilverEvent... events) {
    return SessionRow.of(partial(events));
  }

  private static SessionRow of(List<SilverEvent> events) {
    return of(events.toArray(SilverEvent[]::new));
  }

  private static PartialSession partial(SilverEvent... events) {
    PartialSession session = new PartialSession(events[0]);
    for (int i = 1; i < events.length; i++) {
      session.add(events[i]);
    }
    return session;
  }
}
