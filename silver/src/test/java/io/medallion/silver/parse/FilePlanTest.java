package io.medallion.silver.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.silver.parse.FilePlan.Group;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FilePlanTest {
  @Test
  void whatMakesFewFilesAnywayStaysWhereItIs() {
    FilePlan plan =
        FilePlan.of(List.of(new Group(0, 7, 500), new Group(0, 8, 1), new Group(1, 7, 400)), 2);

    assertThat(plan.tasks()).isZero();
    assertThat(plan.stays(0, 8)).isTrue();
  }

  /** A chunk of 400,000 rows in 32 tasks, 3 % of them late and of ten days: 352 files before. */
  @Test
  void lateEventsAreBroughtTogetherByDayAndTheOthersStay() {
    List<Group> groups = new ArrayList<>();
    for (int partition = 0; partition < 32; partition++) {
      groups.add(new Group(partition, 20_000, 12_000));
      for (int late = 1; late <= 10; late++) {
        groups.add(new Group(partition, 20_000 - late, 40));
      }
    }

    FilePlan plan = FilePlan.of(groups, 32);

    assertThat(files(groups, plan)).isEqualTo(32 + 10);
    assertThat(plan.tasks()).isEqualTo(2);
    for (int partition = 0; partition < 32; partition++) {
      assertThat(plan.stays(partition, 20_000)).isTrue();
    }
  }

  @Test
  void neverAreThereMoreFilesThanCoresAndDaysTogether() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      int cores = 1 + random.nextInt(40);
      int days = 1 + random.nextInt(60);
      List<Group> groups = new ArrayList<>();
      for (int partition = 0; partition < cores; partition++) {
        for (int day = 0; day < days; day++) {
          if (random.nextInt(3) > 0) {
            long rows = 1L + random.nextInt(random.nextBoolean() ? 10 : 20_000);
            groups.add(new Group(partition, day - 3, rows));
          }
        }
      }

      FilePlan plan = FilePlan.of(groups, cores);

      assertThat(plan.tasks()).as("seed %d", seed).isLessThanOrEqualTo(cores);
      assertThat(files(groups, plan)).as("seed %d", seed).isLessThanOrEqualTo(cores + days);
    }
  }

  /** Each task makes a file of each day of which it has rows. */
  private static int files(List<Group> groups, FilePlan plan) {
    Set<String> files = new HashSet<>();
    for (Group group : groups) {
      boolean stays = plan.stays(group.partition(), group.day());
      files.add(
          stays
              ? group.partition() + "/" + group.day()
              : "moved " + plan.task(group.partition(), group.day()) + "/" + group.day());
    }
    return files.size();
  }
}
