package io.medallion.operations.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.MedallionException;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.WriterChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofFileTest {
  private static final Proof PROOF =
      new Proof(
          Proof.FORMAT,
          "2026-03-02T00:00:00Z",
          "settings",
          Map.of(
              "silver",
              new Proof.Table(
                  "form",
                  5,
                  9,
                  List.of(new Proof.DataFile("a=1/one.parquet", "2026-03-01", 100, "aa")))),
          Map.of("medallion.rows", 7L),
          List.of(new Proof.Open("2026-03-01T00:00:00Z", "3 rows of other rules")),
          new Proof.Gold(
              new GoldSnapshot.Position("id", 5, 7, 1, 0, 8L, null, null, 0),
              Map.of("sessions", "version=1"),
              new RowDigest.Seeds(1, -2),
              Map.of("sessions", new RowDigest(3, Long.MIN_VALUE, 4))));

  @TempDir Path folder;

  private ProofFile file() {
    return ProofFile.at(folder.resolve("proofs/lake.json"), lake());
  }

  private Lake lake() {
    String path = folder.resolve("lake").toString();
    return new Lake(null, path, path + "/_checkpoints", new WriterChoice(true));
  }

  @Test
  void whatWasWrittenIsRead() {
    file().write(PROOF);

    assertThat(file().read().proof()).contains(PROOF);
  }

  @Test
  void onlyItsOwnerReadsItAndNothingElseIsLeft() throws IOException {
    file().write(PROOF);
    file().write(PROOF);

    Path proofs = folder.resolve("proofs");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(proofs)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(proofs)) {
      assertThat(files.toList())
          .singleElement()
          .satisfies(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void nothingIsTakenFromWhatIsNoProof() throws IOException {
    assertThat(file().read().problem()).startsWith("there is none at ");
    Path path = folder.resolve("proofs/lake.json");
    Files.writeString(path, "{\"format\":1,\"at\":");
    assertThat(file().read().problem()).endsWith("cannot be read");
    Files.writeString(path, "{\"format\":0}");
    assertThat(file().read().problem()).endsWith("is no proof of this release");
    Files.writeString(path, "{\"format\":1}");
    assertThat(file().read().problem()).endsWith("is no proof of this release");
    assertThat(file().read().proof()).isEmpty();
  }

  @Test
  void whoCanWriteTheLakeMustNotHaveItThere() {
    assertThatThrownBy(() -> ProofFile.at(folder.resolve("lake/silver/../proof.json"), lake()))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("No proof can be kept at");
  }
}
