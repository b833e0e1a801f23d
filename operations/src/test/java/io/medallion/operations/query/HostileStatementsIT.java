package io.medallion.operations.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever it is given, a query that is none does nothing: no byte of any folder is another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileStatementsIT {
  private final SmallLake small = new SmallLake();
  private Query query;
  private Map<String, String> before;

  @BeforeAll
  void fill() throws IOException {
    small.start();
    query = new Query(small.lake(), small.configuration());
    // What a query that is one makes Spark and Delta do, has been done.
    query.rows("SELECT count(*) FROM silver JOIN bronze JOIN quarantine").collectAsList();
    before = small.bytes();
  }

  @AfterAll
  void stop() throws IOException {
    assertThat(small.bytes()).isEqualTo(before);
    small.close();
  }

  static List<String> statements() throws IOException {
    try (InputStream in = HostileStatementsIT.class.getResourceAsStream("hostile-statements.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("-- "))
          .toList();
    }
  }

  @Test
  void thereAreHundreds() throws IOException {
    assertThat(statements()).hasSizeGreaterThan(300).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("statements")
  void isRefusedWithNothingDone(String line) throws IOException {
    boolean invalid = line.startsWith("? ");
    String sql = small.placed(invalid ? line.substring(2) : line);

    Throwable thrown = catchThrowable(() -> query.rows(sql));

    assertThat(thrown).isInstanceOf(MedallionException.class);
    ErrorCode code = ((MedallionException) thrown).code();
    assertThat(code).isEqualTo(invalid ? ErrorCode.QUERY_INVALID : ErrorCode.QUERY_REFUSED);
    assertThat(code.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(thrown).hasMessageNotContaining(SmallLake.SECRET);
    assertThat(small.bytes()).isEqualTo(before);
  }
}
