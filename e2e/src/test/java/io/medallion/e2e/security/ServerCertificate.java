package io.medallion.e2e.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;

/** A certificate of 127.0.0.1, signed by itself, in the forms that servers and clients want. */
final class ServerCertificate {
  private static final String TYPE = "PKCS12";
  private static final String ENTRY = "server";

  private final Path folder;
  private final String password;

  private ServerCertificate(Path folder, String password) {
    this.folder = folder;
    this.password = password;
  }

  /**
   * Makes one.
   *
   * @param folder for its files
   * @param password of both stores
   */
  static ServerCertificate in(Path folder, String password)
      throws IOException, InterruptedException, GeneralSecurityException {
    Files.createDirectories(folder);
    ServerCertificate made = new ServerCertificate(folder, password);
    made.generate();
    KeyStore keys = KeyStore.getInstance(TYPE);
    try (InputStream in = Files.newInputStream(made.keyStore())) {
      keys.load(in, password.toCharArray());
    }
    Certificate certificate = keys.getCertificate(ENTRY);
    made.trust(certificate);
    pem("CERTIFICATE", certificate.getEncoded(), made.certificate());
    Files.createFile(
        made.key(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    pem("PRIVATE KEY", keys.getKey(ENTRY, password.toCharArray()).getEncoded(), made.key());
    return made;
  }

  /** The server's key and certificate. */
  Path keyStore() {
    return folder.resolve("server.p12");
  }

  /** What a client trusts: this certificate alone. */
  Path trustStore() {
    return folder.resolve("trusted.p12");
  }

  /** The certificate as text. */
  Path certificate() {
    return folder.resolve("server.pem");
  }

  /** The key as text, readable by its owner alone, as Postgres demands. */
  Path key() {
    return folder.resolve("server.key");
  }

  String password() {
    return password;
  }

  /** By the JDK's own tool, which is given the password in a way that no process list shows. */
  private void generate() throws IOException, InterruptedException {
    ProcessBuilder tool =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ENTRY,
            "-keyalg",
            "RSA",
            "-dname",
            "CN=medallion-test",
            "-ext",
            "san=ip:127.0.0.1",
            "-storetype",
            TYPE,
            "-keystore",
            keyStore().toString(),
            "-storepass:env",
            "STORE_PASSWORD");
    tool.environment().put("STORE_PASSWORD", password);
    Path said = folder.resolve("keytool.txt");
    Process process = tool.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException("keytool: " + Files.readString(said));
    }
  }

  private void trust(Certificate certificate) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(TYPE);
    trusted.load(null, null);
    trusted.setCertificateEntry(ENTRY, certificate);
    try (OutputStream out = Files.newOutputStream(trustStore())) {
      trusted.store(out, password.toCharArray());
    }
  }

  private static void pem(String what, byte[] content, Path file) throws IOException {
    Files.write(
        file,
        List.of(
            "-----BEGIN %s-----".formatted(what),
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content),
            "-----END %s-----".formatted(what)));
  }
}
