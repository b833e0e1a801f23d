package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.stage.StageTask;
import io.medallion.gold.stage.StagedRows;
import io.medallion.gold.stage.Staging;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a task holds is bounded over all marts together, however few keys each of them has. */
class StagingMemoryIT {
  private static final int VISITORS = 900;
  private static final int MORE_THAN_ANY_MART_HAS = 1_000;

  @Test
  void martsThatTogetherHoldTooMuchEmitAndSmallOnesGoOn() throws Exception {
    StagedRows whole = staged(Integer.MAX_VALUE);
    StagedRows bounded = staged(MORE_THAN_ANY_MART_HAS);

    // Who comes again after that has a second row.
    assertThat(bounded.inline("sessions").length).isGreaterThan(whole.inline("sessions").length);
    assertThat(bounded.inline("page_views")).isEqualTo(whole.inline("page_views"));
  }

  /** Everybody sees the page, and everybody sees it again. */
  private static StagedRows staged(int mostKeys) throws Exception {
    List<SilverRow> events = new ArrayList<>();
    for (int i = 0; i < 2 * VISITORS; i++) {
      events.add(Fixtures.view("e" + i, "v" + i % VISITORS, i, "/page"));
    }
    Staging staging =
        new Staging(TestMarts.of(Fixtures.SETTINGS), null, Integer.MAX_VALUE, mostKeys);
    StageTask task = staging.task(UUID.randomUUID(), Integer.MAX_VALUE, EventFilter.ALL, false);
    return task.stage(TestMarts.rows(events, staging.columns()), 0);
  }
}
