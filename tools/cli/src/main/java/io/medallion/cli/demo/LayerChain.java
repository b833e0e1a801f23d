package io.medallion.cli.demo;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.silver.SilverJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The three layers in this process, upstream first: each reads the table of the one before. */
final class LayerChain implements AutoCloseable {
  private interface Start {
    Layer start(Lake lake, Configuration configuration, boolean once);
  }

  private static final List<Start> STARTS =
      List.of(BronzeJob::start, SilverJob::start, GoldJob::start);

  private final Lake lake;
  private final Configuration configuration;
  private final List<Layer> layers = new ArrayList<>();
  private boolean closed;

  LayerChain(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.configuration = configuration;
  }

  /** Starts every layer, to run until closed. */
  void start() {
    STARTS.forEach(start -> begin(start, false, layers.size()));
  }

  /** The first layer that has failed, if any. */
  synchronized Optional<Layer> failed() {
    return layers.stream().filter(layer -> layer.failure().isPresent()).findFirst();
  }

  /**
   * Lets each layer in turn take all that the one before has, and end. Ends early where one fails
   * or the chain is closed.
   */
  void drain() throws InterruptedException {
    for (int i = 0; i < STARTS.size() && failed().isEmpty(); i++) {
      layer(i).close();
      Optional<Layer> once = begin(STARTS.get(i), true, i);
      if (once.isEmpty()) {
        return;
      }
      once.get().await();
    }
  }

  private synchronized Layer layer(int index) {
    return layers.get(index);
  }

  private synchronized Optional<Layer> begin(Start start, boolean once, int index) {
    if (closed) {
      return Optional.empty();
    }
    Layer layer = start.start(lake, configuration, once);
    if (index == layers.size()) {
      layers.add(layer);
    } else {
      layers.set(index, layer);
    }
    return Optional.of(layer);
  }

  /** Stops every layer; what is under way is committed or leaves no trace. */
  @Override
  public void close() {
    List<Layer> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(layers);
    }
    all.forEach(Layer::close);
  }
}
