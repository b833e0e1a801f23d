package io.medallion.demo.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GzipFilesTest {
  private static final byte[] A = packed("{\"event_id\":\"a\",\"ts\":1}\n");
  private static final byte[] B = packed("{\"event_id\":\"b\",\"ts\":1}\n");
  private static final byte[] NUL = {0};

  @TempDir Path folder;

  @Test
  void allMembersAreRead() {
    assertThat(ingest(A, B, A).values()).hasSize(3);
  }

  @Test
  void zerosBehindTheLastMemberArePadding() {
    Ingested padded = ingest(A, B, new byte[70_000]);
    assertThat(padded.values()).hasSize(2);
    assertThat(padded.report.isComplete()).isTrue();
  }

  @Test
  void aMemberCutOffInItsHeaderIsAnErrorThatNamesItsPlace() {
    assertBroken(A.length, ingest(A, Arrays.copyOf(B, 9)));
  }

  @Test
  void aMemberCutOffInItsDataIsAnErrorThatNamesItsPlace() {
    assertBroken(A.length, ingest(A, Arrays.copyOf(B, B.length - 9)));
    assertBroken(A.length, ingest(A, Arrays.copyOf(B, B.length - 1)));
  }

  @Test
  void aFlippedByteAnywhereInTheSecondMemberIsAnError() {
    for (int i : new int[] {0, 1, 2, B.length - 8, B.length - 4, B.length / 2}) {
      byte[] flipped = B.clone();
      flipped[i] ^= 0x55;
      assertBroken(A.length, ingest(A, flipped));
    }
  }

  @Test
  void aZeroBetweenMembersIsAnErrorThatNamesItsPlace() {
    Ingested broken = ingest(A, NUL, B);
    assertBroken(A.length, broken);
    assertThat(broken.problem().reason()).contains("stands at byte " + (A.length + 1));
  }

  @Test
  void plainTextBehindAMemberIsAnError() {
    assertBroken(A.length, ingest(A, "{\"event_id\":\"b\"}\n".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({
    "504b03041400, a zip archive or an Excel workbook, unzip -p FILE | medallion ingest -",
    "fd377a585a000004, packed with xz, xz -dc FILE | medallion ingest -",
    "425a683931415926, packed with bzip2, bzip2 -dc FILE | medallion ingest -",
    "28b52ffd0458, packed with zstd, zstd -dc FILE | medallion ingest -",
    "504152311504, a Parquet file, COPY (FROM 'FILE') TO 'FILE.csv'\"",
  })
  void packedOtherwiseIsRefusedByName(String hex, String name, String remedy) {
    Ingested ingested = ingest(java.util.HexFormat.of().parseHex(hex));
    assertThat(ingested.problem().reason()).isEqualTo("It is " + name + ".");
    assertThat(ingested.problem().remedy()).endsWith(remedy);
    assertThat(ingested.report.nothingDone()).isTrue();
  }

  private static void assertBroken(int at, Ingested ingested) {
    assertThat(ingested.problem().code()).isEqualTo(ErrorCode.INGEST_FILE_UNREADABLE);
    assertThat(ingested.problem().reason()).contains("byte " + at);
    assertThat(ingested.values()).hasSize(1);
    assertThat(ingested.report.isComplete()).isFalse();
    assertThat(ingested.report.nothingDone()).isFalse();
    assertThat(ingested.reports.get(0).acknowledged()).isEqualTo(1);
  }

  private Ingested ingest(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return Ingested.of(Ingested.file(folder, all.toByteArray()));
  }

  private static byte[] packed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }
}
