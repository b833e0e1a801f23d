package io.medallion.common.config;

/** What silver keeps of an address once it has been located. */
public enum IpPolicy {
  /** The whole address. */
  KEEP,
  /** The network: /24 of an IPv4, /48 of an IPv6 address. */
  TRUNCATE,
  /** Nothing. */
  DROP
}
