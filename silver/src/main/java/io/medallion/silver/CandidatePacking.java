package io.medallion.silver;

import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Carries the candidates of a block from its task to the driver in a few bytes each: objects would
 * cost ten times as much to send.
 */
final class CandidatePacking {
  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final int EVENT_ID = SILVER.fieldIndex(SilverColumns.EVENT_ID);
  private static final int EVENT_TIME = SILVER.fieldIndex(SilverColumns.EVENT_TIME);
  private static final int FINGERPRINT = SILVER.fieldIndex(SilverColumns.FINGERPRINT);
  private static final int TOPIC = SILVER.fieldIndex(SilverColumns.TOPIC);
  private static final int PARTITION = SILVER.fieldIndex(SilverColumns.PARTITION);
  private static final int OFFSET = SILVER.fieldIndex(SilverColumns.OFFSET);
  private static final int SEQ = SILVER.fieldIndex(SilverColumns.SEQ);
  private static final int REASONS = JudgedColumns.SCHEMA.fieldIndex(QuarantineColumns.REASONS);

  private static final int END = -1;

  private CandidatePacking() {}

  /** Packs the good ones of a block's judged records; the refused ones only take up their place. */
  static byte[] pack(int block, Iterator<InternalRow> judged) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(block);
      int refused = 0;
      for (int index = 0; judged.hasNext(); index++) {
        InternalRow row = judged.next();
        if (row.isNullAt(REASONS)) {
          pack(index, row, out);
        } else {
          refused++;
        }
      }
      out.writeInt(END);
      out.writeInt(refused);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void pack(int index, InternalRow row, DataOutputStream out) throws IOException {
    UTF8String id = row.getUTF8String(EVENT_ID);
    long time = row.getLong(EVENT_TIME);
    out.writeInt(index);
    out.writeLong(time);
    out.writeLong(Identity.hash(id, time));
    out.writeLong(row.getLong(FINGERPRINT));
    out.writeLong(row.getLong(SEQ));
    out.writeInt(row.getInt(PARTITION));
    out.writeLong(row.getLong(OFFSET));
    write(row.getUTF8String(TOPIC), out);
    write(id, out);
  }

  private static void write(UTF8String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes();
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /** How many records of the packed blocks were refused. */
  static long refused(List<byte[]> blocks) {
    return blocks.stream()
        .mapToLong(b -> ByteBuffer.wrap(b).getInt(b.length - Integer.BYTES))
        .sum();
  }

  static List<Candidate> unpack(List<byte[]> blocks) {
    List<Candidate> candidates = new ArrayList<>();
    for (byte[] block : blocks) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(block))) {
        int number = in.readInt();
        for (int index = in.readInt(); index != END; index = in.readInt()) {
          candidates.add(unpack(number, index, in));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return candidates;
  }

  private static Candidate unpack(int block, int index, DataInputStream in) throws IOException {
    long time = in.readLong();
    long hash = in.readLong();
    long fingerprint = in.readLong();
    long seq = in.readLong();
    int partition = in.readInt();
    long offset = in.readLong();
    String topic = read(in).intern();
    return new Candidate(
        new Identity(read(in), time),
        hash,
        fingerprint,
        seq,
        topic,
        partition,
        offset,
        block,
        index);
  }

  private static String read(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
