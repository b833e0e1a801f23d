package io.medallion.common;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who may ask from another machine: a file with a line {@code name: token} for each reader.
 *
 * @param byName the tokens
 */
public record AccessTokens(Map<String, String> byName) {
  private static final int SHORTEST = 16;
  private static final String BEARER = "Bearer ";

  /**
   * Those of the configured file; none if there is no such setting.
   *
   * @param setting that names the file
   * @throws MedallionException if the file cannot be read, or a line is no token
   */
  public static AccessTokens of(Configuration configuration, ConfigKey<String> setting) {
    Optional<Path> file = configuration.find(setting).map(Path::of);
    return file.isPresent() ? read(file.get()) : new AccessTokens(Map.of());
  }

  private static AccessTokens read(Path file) {
    Map<String, String> tokens = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        int colon = line.indexOf(':');
        String token = line.substring(colon + 1).strip();
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        if (colon < 1 || token.length() < SHORTEST) {
          throw unusable(
              file, "A line is not 'name: token' with a token of at least 16 characters.");
        }
        tokens.put(line.substring(0, colon).strip(), token);
      }
    } catch (IOException e) {
      throw unusable(file, "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()));
    }
    return new AccessTokens(tokens);
  }

  private static MedallionException unusable(Path file, String reason) {
    return new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "%s has no tokens".formatted(file),
        reason,
        "Write a line for each reader, such as: analyst: "
            + "and what `openssl rand -hex 24` gives");
  }

  /** Whether a request's Authorization header has one of them; takes as long whichever it is. */
  public boolean admit(String authorization) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return false;
    }
    byte[] given = authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
    boolean admitted = false;
    for (String token : byName.values()) {
      admitted |= MessageDigest.isEqual(given, token.getBytes(StandardCharsets.UTF_8));
    }
    return admitted;
  }
}
