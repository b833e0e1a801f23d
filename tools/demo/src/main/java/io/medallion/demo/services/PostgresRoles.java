package io.medallion.demo.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.postgresql.PGConnection;

/** The roles of the embedded database, their passwords in a file that only its owner can read. */
final class PostgresRoles {
  static final String SUPERUSER = "postgres";
  static final String OWNER = "medallion_owner";
  static final String WRITER = "medallion_writer";
  static final String READER = "medallion_reader";
  static final String DATABASE = "medallion";

  private static final List<String> ALL = List.of(SUPERUSER, OWNER, WRITER, READER);
  private static final int PASSWORD_BYTES = 24;

  private final Map<String, String> passwords;

  private PostgresRoles(Map<String, String> passwords) {
    this.passwords = passwords;
  }

  /** Reads the file, or writes one with new passwords. */
  static PostgresRoles in(Path file) {
    if (!Files.exists(file)) {
      Map<String, String> fresh = new TreeMap<>();
      ALL.forEach(role -> fresh.put(role, randomPassword()));
      PrivateFile.write(file, fresh, "Passwords of the embedded database.");
    }
    return new PostgresRoles(PrivateFile.read(file));
  }

  PostgresRole role(String user) {
    return new PostgresRole(user, passwords.get(user));
  }

  /**
   * Creates the roles and the database if they are missing; so a start that was cut off is made
   * good by the next.
   */
  void create(String address) throws SQLException {
    try (Connection admin = connect(address + SUPERUSER);
        Statement statement = admin.createStatement()) {
      for (String role : List.of(OWNER, WRITER, READER)) {
        if (!exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = ?", role)) {
          statement.execute("CREATE ROLE " + role + " LOGIN");
        }
        admin
            .unwrap(PGConnection.class)
            .alterUserPassword(role, passwords.get(role).toCharArray(), "scram-sha-256");
      }
      if (!exists(admin, "SELECT 1 FROM pg_database WHERE datname = ?", DATABASE)) {
        statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + OWNER);
      }
      statement.execute("REVOKE ALL ON DATABASE " + DATABASE + " FROM PUBLIC");
      statement.execute("GRANT CONNECT, TEMPORARY ON DATABASE " + DATABASE + " TO " + WRITER);
      statement.execute("GRANT CONNECT ON DATABASE " + DATABASE + " TO " + READER);
      statement.execute("ALTER ROLE " + READER + " SET search_path = gold");
    }
    try (Connection admin = connect(address + DATABASE);
        Statement statement = admin.createStatement()) {
      statement.execute(resource("no_large_objects.sql"));
    }
  }

  private static String resource(String name) {
    try (InputStream file = PostgresRoles.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Connection connect(String url) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", passwords.get(SUPERUSER));
    properties.setProperty("connectTimeout", "10");
    return DriverManager.getConnection(url, properties);
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet found = statement.executeQuery()) {
        return found.next();
      }
    }
  }

  private static String randomPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
