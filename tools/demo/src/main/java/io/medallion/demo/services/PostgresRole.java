package io.medallion.demo.services;

/**
 * A role of the embedded database.
 *
 * @param user its name
 * @param password its random password
 */
public record PostgresRole(String user, String password) {
  /** Hides the password. */
  @Override
  public String toString() {
    return user;
  }
}
