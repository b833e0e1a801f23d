package io.medallion.lakehouse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.IntList.IntIterator;
import org.apache.parquet.column.values.factory.DefaultValuesWriterFactory;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.spark.unsafe.Platform;

/**
 * The dictionary of a text column, for Parquet's own dictionary encoding.
 *
 * <p>Parquet's hashes a text byte by byte, twice for a new one, and keeps an object for each; it
 * was a fifth of what silver's tasks do. Here eight bytes are hashed at a time, and the texts lie
 * one behind the other, each after its length, as the dictionary's page will have them.
 */
final class TextDictionary extends DictionaryValuesWriter {
  /** Of 2^64 divided by the golden ratio: multiplied with it, numbers are spread over all bits. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final int LEAST_SLOTS = 1 << 10;

  private int[] slots;
  private int[] hashes;
  private int[] starts;
  private byte[] texts;
  private int size;
  private int used;

  private TextDictionary(int mostBytes, Encoding encoding, ByteBufferAllocator allocator) {
    super(mostBytes, encoding, encoding, allocator);
    clearDictionaryContent();
  }

  /** Writers of values as Parquet makes them, but for texts with a dictionary. */
  static ValuesWriterFactory factory() {
    return new ValuesWriterFactory() {
      private final ValuesWriterFactory others = new DefaultValuesWriterFactory();
      private ParquetProperties properties;

      @Override
      public void initialize(ParquetProperties given) {
        properties = given;
        others.initialize(given);
      }

      @Override
      @SuppressWarnings("deprecation") // The one name that version 1 of the format has for it.
      public ValuesWriter newValuesWriter(ColumnDescriptor column) {
        if (column.getPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY
            || !properties.isDictionaryEnabled(column)) {
          return others.newValuesWriter(column);
        }
        return FallbackValuesWriter.of(
            new TextDictionary(
                properties.getDictionaryPageSizeThreshold(),
                Encoding.PLAIN_DICTIONARY,
                properties.getAllocator()),
            new PlainValuesWriter(
                properties.getInitialSlabSize(),
                properties.getPageSizeThreshold(),
                properties.getAllocator()));
      }
    };
  }

  @Override
  public void writeBytes(Binary text) {
    // Of a text that lies in an array, a view and no copy.
    ByteBuffer buffer = text.toByteBuffer();
    encodedValues.add(
        number(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining()));
  }

  private int number(byte[] array, int from, int length) {
    int hash = hash(array, from, length);
    int slot = hash & (slots.length - 1);
    while (slots[slot] != 0) {
      int number = slots[slot] - 1;
      if (hashes[number] == hash && isText(number, array, from, length)) {
        return number;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = size + 1;
    return add(array, from, length, hash);
  }

  private boolean isText(int number, byte[] array, int from, int length) {
    int start = starts[number] + Integer.BYTES;
    return starts[number + 1] - start == length
        && Arrays.equals(texts, start, start + length, array, from, from + length);
  }

  private int add(byte[] array, int from, int length, int hash) {
    int end = used + Integer.BYTES + length;
    if (end > texts.length) {
      texts = Arrays.copyOf(texts, Math.max(end, texts.length * 2));
    }
    ByteBuffer.wrap(texts).order(ByteOrder.LITTLE_ENDIAN).putInt(used, length);
    System.arraycopy(array, from, texts, used + Integer.BYTES, length);
    int number = size++;
    hashes[number] = hash;
    starts[size] = end;
    used = end;
    dictionaryByteSize = used;
    if (size * 2 == slots.length) {
      grow();
    }
    return number;
  }

  private void grow() {
    int[] larger = new int[slots.length * 2];
    for (int number = 0; number < size; number++) {
      int slot = hashes[number] & (larger.length - 1);
      while (larger[slot] != 0) {
        slot = (slot + 1) & (larger.length - 1);
      }
      larger[slot] = number + 1;
    }
    slots = larger;
    hashes = Arrays.copyOf(hashes, slots.length / 2);
    starts = Arrays.copyOf(starts, slots.length / 2 + 1);
  }

  private static int hash(byte[] array, int from, int length) {
    long at = Platform.BYTE_ARRAY_OFFSET + (long) from;
    long end = at + length;
    long hash = length * SPREAD;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = mixed(hash, Platform.getLong(array, at));
    }
    long rest = 0;
    for (; at < end; at++) {
      rest = rest << Byte.SIZE | (Platform.getByte(array, at) & 0xFF);
    }
    hash = mixed(hash, rest);
    return (int) (hash ^ hash >>> Integer.SIZE);
  }

  private static long mixed(long hash, long word) {
    long mixed = (hash ^ word) * SPREAD;
    return mixed ^ mixed >>> 29;
  }

  @Override
  protected void fallBackDictionaryEncodedData(ValuesWriter writer) {
    for (IntIterator numbers = encodedValues.iterator(); numbers.hasNext(); ) {
      int number = numbers.next();
      int start = starts[number] + Integer.BYTES;
      writer.writeBytes(Binary.fromReusedByteArray(texts, start, starts[number + 1] - start));
    }
  }

  @Override
  public DictionaryPage toDictPageAndClose() {
    if (lastUsedDictionarySize == 0) {
      return null;
    }
    // Texts that came after the last page that uses the dictionary are in none.
    return new DictionaryPage(
        BytesInput.from(texts, 0, starts[lastUsedDictionarySize]),
        lastUsedDictionarySize,
        encodingForDictionaryPage);
  }

  @Override
  public int getDictionarySize() {
    return size;
  }

  @Override
  protected void clearDictionaryContent() {
    slots = new int[LEAST_SLOTS];
    hashes = new int[LEAST_SLOTS / 2];
    starts = new int[LEAST_SLOTS / 2 + 1];
    texts = new byte[LEAST_SLOTS];
    size = 0;
    used = 0;
  }
}
