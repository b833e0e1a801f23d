package io.medallion.e2e.faults;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Something that befalls a running chain, and is over when {@link #strike} returns: what was ended
 * has been started again.
 *
 * @param name for people
 * @param effect on the chain
 */
record Fault(String name, Consumer<FaultyChain> effect) {
  private static final Duration FREEZE = Duration.ofSeconds(10);

  static final Fault BROKER_KILLED =
      new Fault(
          "broker killed",
          chain -> {
            chain.killKafka();
            chain.startKafka();
          });

  static final Fault POSTGRES_KILLED =
      new Fault(
          "postgres killed",
          chain -> {
            chain.killPostgres();
            chain.startPostgres();
          });

  /** In order, as an upgrade does. */
  static final Fault BROKER_RESTARTED =
      new Fault(
          "broker restarted",
          chain -> {
            chain.stopKafka();
            chain.startKafka();
          });

  /** In order: it ends its connections by an answer of its own. */
  static final Fault POSTGRES_RESTARTED =
      new Fault(
          "postgres restarted",
          chain -> {
            chain.stopPostgres();
            chain.startPostgres();
          });

  /** Those that a layer lives through. */
  static List<Fault> outside() {
    return Stream.concat(
            Stream.of(BROKER_KILLED, BROKER_RESTARTED, POSTGRES_KILLED, POSTGRES_RESTARTED),
            FaultyChain.LAYERS.stream().map(Fault::frozen))
        .toList();
  }

  /** Those that end a layer. */
  static List<Fault> ofLayers() {
    return FaultyChain.LAYERS.stream()
        .flatMap(layer -> Stream.of(killed(layer), stopped(layer)))
        .toList();
  }

  /** kill -9. */
  static Fault killed(String layer) {
    return new Fault(
        layer + " killed",
        chain -> {
          chain.layer(layer).kill();
          chain.layer(layer).start();
        });
  }

  /** SIGTERM. */
  static Fault stopped(String layer) {
    return new Fault(
        layer + " stopped",
        chain -> {
          chain.layer(layer).stop();
          chain.layer(layer).start();
        });
  }

  /** It stands still for ten seconds, as a virtual machine that is moved does. */
  static Fault frozen(String layer) {
    return new Fault(layer + " frozen", chain -> chain.layer(layer).freeze(FREEZE));
  }

  void strike(FaultyChain chain) {
    effect.accept(chain);
  }
}
