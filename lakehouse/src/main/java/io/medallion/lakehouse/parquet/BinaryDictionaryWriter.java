package io.medallion.lakehouse.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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

/**
 * The dictionary of a text column, for Parquet's own dictionary encoding.
 *
 * <p>Parquet's hashes a text byte by byte, twice for a new one, and keeps an object for each; it
 * was a fifth of what silver's tasks do. Here eight bytes are hashed at a time, and the texts lie
 * one behind the other, each after its length, as the dictionary's page will have them.
 */
final class BinaryDictionaryWriter extends DictionaryValuesWriter {
  /** Of 2^64 divided by the golden ratio: multiplied with it, numbers are spread over all bits. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** Most columns have few texts: what they take stays in the processor's nearest cache. */
  private static final int LEAST_SLOTS = 64;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A hash above, a number from 1 on below, so that a look at one place tells both. */
  private long[] slots;

  private int[] starts;
  private byte[] texts;
  private int size;
  private int used;

  private BinaryDictionaryWriter(int mostBytes, Encoding encoding, ByteBufferAllocator allocator) {
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
            new BinaryDictionaryWriter(
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
      int number = (int) slots[slot] - 1;
      if ((int) (slots[slot] >>> Integer.SIZE) == hash && isText(number, array, from, length)) {
        return number;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = (long) hash << Integer.SIZE | (size + 1);
    return add(array, from, length);
  }

  private boolean isText(int number, byte[] array, int from, int length) {
    int start = starts[number] + Integer.BYTES;
    return starts[number + 1] - start == length
        && Arrays.equals(texts, start, start + length, array, from, from + length);
  }

  private int add(byte[] array, int from, int length) {
    int end = used + Integer.BYTES + length;
    if (end > texts.length) {
      texts = Arrays.copyOf(texts, Math.max(end, texts.length * 2));
    }
    ByteBuffer.wrap(texts).order(ByteOrder.LITTLE_ENDIAN).putInt(used, length);
    System.arraycopy(array, from, texts, used + Integer.BYTES, length);
    int number = size++;
    starts[size] = end;
    used = end;
    dictionaryByteSize = used;
    if (size * 2 == slots.length) {
      grow();
    }
    return number;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (long entry : slots) {
      if (entry != 0) {
        int slot = (int) (entry >>> Integer.SIZE) & (larger.length - 1);
        while (larger[slot] != 0) {
          slot = (slot + 1) & (larger.length - 1);
        }
        larger[slot] = entry;
      }
    }
    slots = larger;
    starts = Arrays.copyOf(starts, slots.length / 2 + 1);
  }

  private static int hash(byte[] array, int from, int length) {
    int at = from;
    int end = from + length;
    long hash = length * SPREAD;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = mixed(hash, (long) LONGS.get(array, at));
    }
    if (at < end) {
      hash = mixed(hash, rest(array, at, end));
    }
    return (int) (hash ^ hash >>> Integer.SIZE);
  }

  /** The last bytes, fewer than eight: most texts are short, so that this is most of the work. */
  private static long rest(byte[] array, int from, int end) {
    if (from + Long.BYTES <= array.length) {
      long mask = -1L >>> (Byte.SIZE * (Long.BYTES - (end - from)));
      return (long) LONGS.get(array, from) & mask;
    }
    long rest = 0;
    for (int at = end - 1; at >= from; at--) {
      rest = rest << Byte.SIZE | (array[at] & 0xFF);
    }
    return rest;
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
    slots = new long[LEAST_SLOTS];
    starts = new int[LEAST_SLOTS / 2 + 1];
    texts = new byte[LEAST_SLOTS * Long.BYTES];
    size = 0;
    used = 0;
  }
}
