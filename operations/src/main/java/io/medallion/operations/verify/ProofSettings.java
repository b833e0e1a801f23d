package io.medallion.operations.verify;

import io.medallion.common.Sha256;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.session.SubmittedFiles;
import io.medallion.silver.parse.SilverTransform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What decides what the tables must hold, besides their rows: if it changes, no proof holds. */
final class ProofSettings {
  /** Settings that decide how something runs, and nothing about rows. */
  private static final List<String> NOT_OF_ROWS =
      List.of(
          "metrics.",
          "health.",
          "dashboard.",
          "connect.",
          "maintenance.",
          "spark.",
          "verify.",
          "checkpoint.",
          "freshness",
          "batch.");

  private ProofSettings() {}

  /** A hash of all of it. */
  static String hash(Configuration configuration, SilverTransform transform, Erasures erasures) {
    List<String> all = new ArrayList<>();
    all.add(String.valueOf(ProofSettings.class.getPackage().getImplementationVersion()));
    all.add(Integer.toString(EventRules.RULES_VERSION));
    Contract contract = transform.rules().contract();
    all.add(contract.version());
    all.add(
        contract
            .pseudonyms()
            .previous()
            .map(previous -> transform.by(previous).rules().contract().version())
            .orElse(""));
    all.add(configuration.find(Keys.SILVER_GEOIP_DATABASE).map(ProofSettings::file).orElse(""));
    all.add(configuration.find(Keys.SILVER_GEOIP_ASN_DATABASE).map(ProofSettings::file).orElse(""));
    all.add(erasures.begun().toString());
    all.add(erasures.entries().toString());
    configuration
        .shown()
        .forEach(
            (name, entry) -> {
              if (NOT_OF_ROWS.stream().noneMatch(name::startsWith)) {
                all.add(name + "=" + entry.text());
              }
            });
    return hash(String.join("\n", all));
  }

  /** The SHA-256 of a text, in hexadecimal. */
  static String hash(String text) {
    return HexFormat.of().formatHex(Sha256.of(text));
  }

  /** The same of a file's bytes; another text if it cannot be read. */
  private static String file(String path) {
    MessageDigest digest = Sha256.begin();
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(SubmittedFiles.of(path)), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      return "cannot be read";
    }
  }
}
