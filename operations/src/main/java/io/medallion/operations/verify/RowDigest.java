package io.medallion.operations.verify;

import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.io.Serializable;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows of texts in whatever order: how many there are, and two sums of a hash of each. Digests by
 * other seeds than those that rows were made for tell nothing, so that nobody can make rows that
 * pass for others.
 *
 * @param rows how many
 * @param first sum of the rows' hashes by one seed
 * @param second by another
 */
record RowDigest(long rows, long first, long second) implements Serializable {
  private static final RowDigest NONE = new RowDigest(0, 0, 0);

  private RowDigest plus(RowDigest other) {
    return new RowDigest(rows + other.rows, first + other.first, second + other.second);
  }

  /**
   * How rows are hashed: by seeds that nobody knows before.
   *
   * @param seed of the first sum
   * @param other of the second
   */
  record Seeds(long seed, long other) implements Serializable {
    static Seeds random() {
      SecureRandom random = new SecureRandom();
      return new Seeds(random.nextLong(), random.nextLong());
    }

    /**
     * Of a query.
     *
     * @param texts with one column, a list of texts
     */
    RowDigest of(Dataset<Row> texts) {
      // An aggregate of Spark's would have to be told of nulls, which its hashes pass over.
      return InternalRowDatasets.of(texts)
          .mapPartitions(
              rows -> {
                Sum sum = new Sum();
                while (rows.hasNext()) {
                  add(sum, rows.next());
                }
                return List.of(sum.digest()).iterator();
              })
          .collect()
          .stream()
          .reduce(NONE, RowDigest::plus);
    }

    /** Of rows whose texts are in UTF-8, or null. */
    RowDigest of(Iterator<byte[][]> rows) {
      Sum sum = new Sum();
      while (rows.hasNext()) {
        sum.begin(this);
        for (byte[] text : rows.next()) {
          if (text == null) {
            sum.addNull();
          } else {
            sum.add(text, Platform.BYTE_ARRAY_OFFSET, text.length);
          }
        }
        sum.end();
      }
      return sum.digest();
    }

    private void add(Sum sum, InternalRow row) {
      ArrayData texts = row.getArray(0);
      sum.begin(this);
      for (int i = 0; i < texts.numElements(); i++) {
        if (texts.isNullAt(i)) {
          sum.addNull();
        } else {
          UTF8String text = texts.getUTF8String(i);
          sum.add(text.getBaseObject(), text.getBaseOffset(), text.numBytes());
        }
      }
      sum.end();
    }
  }

  /** Each text's hash is the next one's seed, after its length. */
  private static final class Sum {
    private static final long NULL = -1;

    private long rows;
    private long first;
    private long second;
    private long hash;
    private long other;

    void begin(Seeds seeds) {
      hash = seeds.seed();
      other = seeds.other();
    }

    void addNull() {
      hash = XXH64.hashLong(NULL, hash);
      other = XXH64.hashLong(NULL, other);
    }

    void add(Object base, long offset, int length) {
      hash = XXH64.hashUnsafeBytes(base, offset, length, XXH64.hashLong(length, hash));
      other = XXH64.hashUnsafeBytes(base, offset, length, XXH64.hashLong(length, other));
    }

    void end() {
      rows++;
      first += hash;
      second += other;
    }

    RowDigest digest() {
      return new RowDigest(rows, first, second);
    }
  }
}
