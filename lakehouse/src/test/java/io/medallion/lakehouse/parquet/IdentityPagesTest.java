package io.medallion.lakehouse.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.lakehouse.schema.IdentityKind;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityPagesTest {
  private static final int BEFORE = 77;

  /** Files have them: another function would find no copy in any older file. By xxHash's rules. */
  @Test
  void theHashOfAnIdentityNeverChanges() {
    assertThat(
            IdentityHash.of(
                IdentityKind.ID_AND_TIME, UTF8String.fromString("e-1"), 1_700_000_000_123_456L))
        .isEqualTo(2722843386923489156L);
    assertThat(IdentityHash.of(IdentityKind.ID_AND_TIME, UTF8String.fromString("ä-€-event"), -1))
        .isEqualTo(6856135416515920268L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 512, 513, 5_000})
  void whatWasWrittenIsRead(int rows) throws IOException {
    long[] hashes = new Random(rows).longs(rows).toArray();
    IdentityPages.Builder builder = new IdentityPages.Builder();
    for (int row = 0; row < rows; row++) {
      builder.add(hashes[row], 1_000L * row);
    }
    byte[] file = file(builder);
    IdentityPages pages = IdentityPages.read(readable(file), place(rows));

    assertThat(pages.size()).isEqualTo((rows + 511) / 512);
    long[][] all = pages.read(readable(file), 0, pages.size());
    assertThat(Arrays.stream(all).flatMapToLong(Arrays::stream).toArray()).isEqualTo(hashes);
    int last = pages.size() - 1;
    assertThat(pages.read(readable(file), last, 1)[0])
        .isEqualTo(Arrays.copyOfRange(hashes, last * 512, rows));
  }

  @Test
  void onlyThePagesOfTheTimesAreAsked() throws IOException {
    IdentityPages pages = pages(IntStream.range(0, 5_000).mapToLong(row -> 10L * row).toArray());

    assertThat(pages.withAny(new long[] {5_115}, 0)).isEqualTo(bits());
    assertThat(pages.withAny(new long[] {-1, 5_110, 5_120, 49_990, 60_000}, 0))
        .isEqualTo(bits(0, 1, 9));
    assertThat(pages.withAny(new long[] {5_130}, 0)).isEqualTo(bits(1));
    assertThat(pages.withAny(new long[0], 0)).isEqualTo(bits());
    assertThat(pages.withAny(new long[] {-5, 49_991}, 0)).isEqualTo(bits());
  }

  /** Delta's compaction or a user's rewrite may leave rows in any order. */
  @Test
  void ofRowsInNoOrderEveryPageThatHoldsATimeIsAsked() throws IOException {
    Random random = new Random(9);
    long[] times = random.longs(4_000, 0, 1_000_000).toArray();
    IdentityPages pages = pages(times);
    for (int trial = 0; trial < 200; trial++) {
      long[] asked = random.longs(1 + trial % 7, 0, 1_000_000).sorted().toArray();
      asked[trial % asked.length] = times[random.nextInt(times.length)];
      Arrays.sort(asked);
      BitSet expected = new BitSet();
      for (int page = 0; page < pages.size(); page++) {
        long[] own =
            Arrays.copyOfRange(times, page * 512, Math.min(times.length, page * 512 + 512));
        long from = Arrays.stream(own).min().orElseThrow();
        long to = Arrays.stream(own).max().orElseThrow();
        expected.set(page, Arrays.stream(asked).anyMatch(time -> from <= time && time <= to));
      }
      assertThat(pages.withAny(asked, 0)).isEqualTo(expected);
    }
  }

  /** A hash that went bad would make a copy look new. */
  @Test
  void aByteThatWentBadIsNoticedWhereverItIs() throws IOException {
    IdentityPages.Builder builder = new IdentityPages.Builder();
    for (int row = 0; row < 600; row++) {
      builder.add(row, row);
    }
    byte[] good = file(builder);
    for (int at = BEFORE; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      assertThatThrownBy(
              () -> {
                IdentityPages pages = IdentityPages.read(readable(bad), place(600));
                pages.read(readable(bad), 0, 2);
              })
          .as("byte %d", at)
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> IdentityPages.read(readable(good), new IdentityPages.Place(1, 600)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> IdentityPages.read(readable(good), new IdentityPages.Place(BEFORE, 599)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPlaceIsReadAsItWasWritten() {
    IdentityPages.Place place = new IdentityPages.Place(1L << 40, 3);
    assertThat(IdentityPages.Place.parse(place.encode())).contains(place);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7,", ",7", "7,0", "-7,7", "7,7,7", "a,b", "7,99999999999"})
  void whatIsNoPlaceIsNotTakenForOne(String text) {
    assertThat(IdentityPages.Place.parse(text)).isEmpty();
  }

  private static IdentityPages pages(long[] times) throws IOException {
    IdentityPages.Builder builder = new IdentityPages.Builder();
    for (long time : times) {
      builder.add(time * 31, time);
    }
    return IdentityPages.read(readable(file(builder)), place(times.length));
  }

  private static byte[] file(IdentityPages.Builder builder) {
    byte[] pages = builder.build();
    byte[] file = new byte[BEFORE + pages.length];
    System.arraycopy(pages, 0, file, BEFORE, pages.length);
    return file;
  }

  private static IdentityPages.Place place(int rows) {
    return new IdentityPages.Place(BEFORE, rows);
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    Arrays.stream(set).forEach(bits::set);
    return bits;
  }

  private static PositionedReadable readable(byte[] file) {
    return new PositionedReadable() {
      @Override
      public int read(long position, byte[] buffer, int offset, int length) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void readFully(long position, byte[] buffer, int offset, int length)
          throws IOException {
        if (position + length > file.length) {
          throw new EOFException();
        }
        System.arraycopy(file, (int) position, buffer, offset, length);
      }

      @Override
      public void readFully(long position, byte[] buffer) throws IOException {
        readFully(position, buffer, 0, buffer.length);
      }
    };
  }
}
