package io.medallion.silver.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.NamedFile;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class RecentIdentityCacheTest {
  private static final int CHUNK = 150_000;

  /** Of a chunk with one event all candidates take memory: a backfill of a day has many such. */
  @Test
  void chunksAreForgottenHoweverFewOfTheirRecordsBecameEvents() {
    RecentIdentityCache recent = new RecentIdentityCache();
    Candidates chunk = Candidates.of(List.of(block(CHUNK)));
    BitSet one = new BitSet();
    one.set(CHUNK - 1);
    TableFile first = file("first");
    TableFile second = file("second");

    recent.add(List.of(first), chunk, one);
    assertThat(recent.hold(first)).isTrue();
    assertThat(recent.among(List.of(first), SortedHashSet.of(new long[] {chunk.hash(CHUNK - 1)})))
        .containsKey(new Identity("e" + (CHUNK - 1), CHUNK - 1));
    recent.add(List.of(second), chunk, one);

    assertThat(recent.hold(first)).isFalse();
    assertThat(recent.hold(second)).isTrue();
  }

  @Test
  void aChunkWithoutEventsTakesNothingsPlace() {
    RecentIdentityCache recent = new RecentIdentityCache();
    BitSet all = new BitSet();
    all.set(0, CHUNK);
    TableFile file = file("file");
    recent.add(List.of(file), Candidates.of(List.of(block(CHUNK))), all);

    recent.add(List.of(), Candidates.of(List.of(block(CHUNK))), new BitSet());

    assertThat(recent.hold(file)).isTrue();
  }

  private static CandidateBlock block(int candidates) {
    StructType schema = TableDefinition.SILVER.schema();
    Object[] values = new Object[schema.length()];
    values[schema.fieldIndex(SilverColumns.TOPIC)] = UTF8String.fromString("t");
    values[schema.fieldIndex(SilverColumns.PARTITION)] = 0;
    values[schema.fieldIndex(SilverColumns.COMMIT_SEQ)] = 1L;
    values[schema.fieldIndex(SilverColumns.FINGERPRINT)] = 1L;
    CandidateBlock block = new CandidateBlock(0, IdentityRule.ID_AND_TIME);
    for (int i = 0; i < candidates; i++) {
      values[schema.fieldIndex(SilverColumns.OFFSET)] = (long) i;
      values[schema.fieldIndex(SilverColumns.EVENT_ID)] = UTF8String.fromString("e" + i);
      values[schema.fieldIndex(SilverColumns.EVENT_TIME)] = (long) i;
      block.add(i, new GenericInternalRow(values));
    }
    return block;
  }

  private static TableFile file(String path) {
    return NamedFile.of(path, null);
  }
}
