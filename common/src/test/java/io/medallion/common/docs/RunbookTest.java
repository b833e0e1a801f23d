package io.medallion.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RunbookTest {
  private static final Pattern ENTRY = Pattern.compile("(?m)^### (.+)$");
  private static final Pattern LINK = Pattern.compile("\\]\\(#([^)]*)\\)");

  private final String runbook = Documents.read("docs/runbook.md");

  @Test
  void everyErrorHasOneEntryAndEveryEntryAnError() {
    List<String> codes =
        Arrays.stream(ErrorCode.values())
            .map(code -> code.name().toLowerCase(Locale.ROOT))
            .toList();
    assertThat(found(ENTRY)).containsExactlyInAnyOrderElementsOf(codes);
  }

  @Test
  void everyEntrySaysSomething() {
    for (String entry : runbook.split("(?m)^### ", -1)) {
      String text = entry.substring(entry.indexOf('\n'));
      assertThat(text.split("(?m)^## ", -1)[0].strip()).as(entry).hasSizeGreaterThan(80);
    }
  }

  @Test
  void linksBetweenEntriesLeadSomewhere() {
    assertThat(found(ENTRY)).containsAll(found(LINK));
  }

  @Test
  void anErrorNamesItsEntry() {
    for (ErrorCode code : ErrorCode.values()) {
      String explained = new MedallionException(code, "p", "r", "r").explain();
      String anchor = explained.substring(explained.indexOf("docs/runbook.md#") + 16).strip();
      assertThat(found(ENTRY)).contains(anchor);
    }
  }

  private List<String> found(Pattern pattern) {
    return pattern.matcher(runbook).results().map((MatchResult match) -> match.group(1)).toList();
  }
}
