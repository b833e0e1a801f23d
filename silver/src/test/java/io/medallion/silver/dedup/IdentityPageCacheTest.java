package io.medallion.silver.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.NamedFile;
import io.medallion.lakehouse.delta.TableFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityPageCacheTest {
  private static final long ROWS_AT_ONCE = IdentityPageCache.MOST_BYTES_AT_ONCE / Long.BYTES;

  /** A chunk that is spread thin over years asks for all pages of all files. */
  @Test
  void filesAreLookedIntoTogetherOnlyAsFarAsAllTheirPagesFit() {
    Random random = new Random(5);
    List<TableFile> files = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      files.add(file(i, random.nextInt((int) (ROWS_AT_ONCE / (i % 2 == 0 ? 3 : 30)))));
    }
    files.add(60, file(200, 3 * ROWS_AT_ONCE));

    List<List<TableFile>> groups = IdentityPageCache.groups(files);

    assertThat(groups.stream().flatMap(List::stream).toList()).isEqualTo(files);
    assertThat(groups)
        .allSatisfy(
            group -> {
              assertThat(group).isNotEmpty();
              assertThat(group.size() == 1 || rows(group) <= ROWS_AT_ONCE).isTrue();
            });
    for (int i = 1; i < groups.size(); i++) {
      assertThat(rows(groups.get(i - 1)) + groups.get(i).get(0).records())
          .isGreaterThan(ROWS_AT_ONCE);
    }
  }

  @Test
  void noFilesAreNoGroup() {
    assertThat(IdentityPageCache.groups(List.of())).isEmpty();
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  private static TableFile file(int number, long records) {
    return NamedFile.of("file-" + number, "{\"numRecords\":" + records + "}");
  }
}
