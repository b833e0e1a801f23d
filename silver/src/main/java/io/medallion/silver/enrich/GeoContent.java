package io.medallion.silver.enrich;

import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.exception.GeoIp2Exception;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/**
 * What some kinds of MaxMind databases know of an address.
 *
 * @param <T> what that is
 */
interface GeoContent<T> {
  /** Looks up an address in a database. */
  interface Lookup<T> {
    /**
     * What the database knows of an address; empty if it has no record of it.
     *
     * @throws IOException if its record cannot be read
     */
    Optional<T> find(InetAddress address) throws IOException, GeoIp2Exception;
  }

  /** What people call such a database. */
  String name();

  /** The kinds of databases that know it, in words. */
  String kinds();

  /** What at least one record of such a database has, in words. */
  String subject();

  /**
   * How to look it up in a database.
   *
   * @return empty if the database is of another kind
   */
  Optional<Lookup<T>> lookup(DatabaseReader reader);

  /**
   * Checks what a record says.
   *
   * @return whether it says what such a database is there for
   * @throws IOException if it cannot be true
   */
  boolean check(T found) throws IOException;
}
