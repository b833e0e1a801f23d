package io.medallion.demo.services;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;

/**
 * Where a service is to listen on the loopback address.
 *
 * @param first the port wanted; 0 for any that is free
 * @param fixed whether no other will do; else the next free one is taken
 */
public record PortChoice(int first, boolean fixed) {
  /** Any that is free. */
  public static final PortChoice ANY = new PortChoice(0, false);

  /** This one and no other; any for 0. */
  public static PortChoice of(int port) {
    return port == 0 ? ANY : new PortChoice(port, true);
  }

  /** This one, or the next free one if it is taken. */
  public static PortChoice from(int port) {
    return new PortChoice(port, false);
  }

  /**
   * A port that nobody listened on a moment ago.
   *
   * @param service whose port it is to be, for people
   * @throws MedallionException if no other will do and somebody listens there
   */
  int pick(String service) {
    if (first == 0) {
      return Ports.free();
    }
    if (!fixed) {
      return Ports.nextFree(first);
    }
    if (!Ports.isFree(first)) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "Port %d, where %s is to listen, is taken".formatted(first, service),
          "Another program of this machine listens there.",
          "Stop that program, or leave the option out: then a free port is taken.");
    }
    return first;
  }
}
