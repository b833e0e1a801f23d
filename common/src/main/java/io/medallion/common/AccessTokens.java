package io.medallion.common;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may ask from another machine: a line {@code name: token} for each reader, or {@code name @
 * site: token} for one who is shown one site alone.
 *
 * @param readers in their order
 */
public record AccessTokens(List<Reader> readers) {
  private static final int SHORTEST = 16;
  private static final String AT = " @ ";
  private static final String BEARER = "Bearer ";

  /**
   * One who has a token.
   *
   * @param name for people
   * @param site the only one that they are shown; empty for all
   * @param token what they send
   */
  public record Reader(String name, Optional<String> site, String token) {
    /** Hides the token. */
    @Override
    public String toString() {
      return name + site.map(of -> " @ " + of).orElse("");
    }
  }

  /** Takes a copy. */
  public AccessTokens {
    readers = List.copyOf(readers);
  }

  /**
   * Those of a configuration; none if it has no such setting.
   *
   * @param secret whose value, from a file or the environment, has the lines
   * @throws MedallionException if the file cannot be read, or a line is no token
   */
  public static AccessTokens of(Configuration configuration, ConfigKey<String> secret) {
    return configuration
        .secret(secret)
        .map(text -> parse(text, secret.name()))
        .orElse(new AccessTokens(List.of()));
  }

  /**
   * Reads lines; blank ones and those that begin with # do not count.
   *
   * @param origin to name in errors
   * @throws MedallionException if a line is no token
   */
  public static AccessTokens parse(String lines, String origin) {
    List<Reader> readers = new ArrayList<>();
    Set<String> tokens = new HashSet<>();
    int number = 0;
    for (String line : lines.split("\\R", -1)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      String token = line.substring(colon + 1).strip();
      String who = line.substring(0, Math.max(colon, 0));
      int at = who.indexOf(AT);
      String name = (at < 0 ? who : who.substring(0, at)).strip();
      String site = at < 0 ? null : who.substring(at + AT.length()).strip();
      if (name.isEmpty() || (site != null && site.isEmpty()) || token.length() < SHORTEST) {
        throw new MedallionException(
            ErrorCode.CONFIG_INVALID_VALUE,
            "Line %d of %s is no token".formatted(number, origin),
            "A line is 'name: token', or 'name @ site: token' for a reader of one site; a token has"
                + " %d characters or more.".formatted(SHORTEST),
            "Write, for each reader, such as: analyst: and what `openssl rand -hex 24` gives.");
      }
      if (!tokens.add(token)) {
        throw new MedallionException(
            ErrorCode.CONFIG_INVALID_VALUE,
            "Line %d of %s has a token that another line has".formatted(number, origin),
            "Nobody could tell whose it is, and of which site.",
            "Make another one by `openssl rand -hex 24`.");
      }
      readers.add(new Reader(name, Optional.ofNullable(site), token));
    }
    return new AccessTokens(readers);
  }

  /** Whether nobody has one. */
  public boolean isEmpty() {
    return readers.isEmpty();
  }

  /**
   * Whose token a request's Authorization header has; takes as long whoever it is.
   *
   * @param authorization null if there is no such header
   */
  public Optional<Reader> admit(String authorization) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return Optional.empty();
    }
    byte[] given = authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
    Reader admitted = null;
    for (Reader reader : readers) {
      if (MessageDigest.isEqual(given, reader.token().getBytes(StandardCharsets.UTF_8))) {
        admitted = reader;
      }
    }
    return Optional.ofNullable(admitted);
  }
}
