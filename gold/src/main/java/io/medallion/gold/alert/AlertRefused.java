package io.medallion.gold.alert;

import io.medallion.gold.mart.MartRefusal;
import java.util.List;

/** An alert's file says something that cannot be judged. */
public final class AlertRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<MartRefusal> refusals;

  AlertRefused(List<MartRefusal> refusals) {
    super(refusals.get(0).toString());
    this.refusals = List.copyOf(refusals);
  }

  /** What is wrong with it, each with its place, in the order of these; at least one. */
  public List<MartRefusal> refusals() {
    return refusals;
  }
}
