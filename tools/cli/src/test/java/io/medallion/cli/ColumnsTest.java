package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.cli.show.Columns;
import io.medallion.cli.show.Text;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  @Test
  void allIsInOneLineWhereThereIsRoom() {
    assertThat(events().lines())
        .containsExactly(
            "event     type       >visitor  records".replace(">", ""),
            "e1        page_view  u1            12",
            "event-22  click      u42      1,000,5");
  }

  /** Columns go to the next line as a whole, so that what belongs together is below each other. */
  @Test
  void whatHasNoRoomIsInALineOfItsOwn() {
    assertThat(events().lines(20))
        .containsExactly(
            "event     type",
            "  visitor  records",
            "e1        page_view",
            "  u1            12",
            "event-22  click",
            "  u42      1,000,5");
  }

  @Test
  void aTextThatIsTooWideAloneIsBrokenBetweenWords() {
    Columns table = new Columns("row", "what differs");
    table.add("changed", "page, url, referrer_domain, city");
    table.add("added", null);
    assertThat(table.lines(16))
        .containsExactly(
            "row",
            "  what differs",
            "changed",
            "  page, url,",
            "  referrer_domain,",
            "  city",
            "added");
  }

  @Test
  void aWordThatIsTooLongStaysWhole() {
    assertThat(Text.wrapped("a 0123456789 b c", 6, "  "))
        .isEqualTo(List.of("a", "  0123456789", "  b c"));
    assertThat(Text.wrapped("0123456789", 6, "  ")).isEqualTo(List.of("0123456789"));
    assertThat(Text.wrapped("a b", 6, "  ")).isEqualTo(List.of("a b"));
  }

  private static Columns events() {
    Columns table = new Columns("event", "type", "visitor", ">records");
    table.add("e1", "page_view", "u1", "12");
    table.add("event-22", "click", "u42", "1,000,5");
    return table;
  }
}
