package io.medallion.operations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GoldEventsTest {
  private static final Pattern COMMENT = Pattern.compile("--.*");
  private static final Pattern NAME = Pattern.compile("\\w+");

  /**
   * A plan passes over visitors whose events differ in other columns only; who is who is read by
   * queries of its own.
   */
  @Test
  void knowsTheColumnsThatItsQueryReads() {
    String query = COMMENT.matcher(SqlResource.of("events_of_gold")).replaceAll("");
    Set<String> names =
        NAME.matcher(query).results().map(match -> match.group()).collect(Collectors.toSet());
    assertThat(GoldEvents.READ)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Arrays.stream(TableDefinition.SILVER.schema().fieldNames())
                        .filter(names::contains),
                    Stream.of("anonymous_id", "session_id"))
                .toList());
  }
}
