package io.medallion.bench;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.IpPolicy;
import io.medallion.common.config.Keys;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.replay.ReplayReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;

/**
 * How fast history is corrected: a lake is filled, then a rule changes so that every row of silver
 * does (addresses are kept as networks), then all of its days are planned, published, taken in by
 * gold, and verified from Kafka to gold.
 */
public final class BackfillRate {
  private final Path folder;
  private final BenchProgress progress;

  /**
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public BackfillRate(Path folder, BenchProgress progress) {
    this.folder = folder;
    this.progress = progress;
  }

  /** Corrects so many events of so many users. */
  public Report run(long events, int users) throws InterruptedException {
    List<Drained> all;
    try (TestBed bed = TestBed.open(folder)) {
      long sent = bed.send(events, users, 1, progress);
      progress.step("filling the lake");
      new MedallionBacklog(bed.configuration(), progress).drain(sent);
      all =
          correct(
              bed.with(
                  Map.of(
                      Keys.SILVER_IP_ANONYMIZATION.name(),
                      IpPolicy.TRUNCATE.name().toLowerCase(Locale.ROOT))),
              sent);
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("events", events);
    settings.put("users", users);
    return Report.of(
        "backfill", settings, List.of(Drained.reportTable("a backfill", all)), bars(all));
  }

  private List<Drained> correct(Configuration changed, long events) throws InterruptedException {
    List<Drained> all = new ArrayList<>();
    try (SparkSession session = LakeSession.create("backfill", changed)) {
      Lake lake = Lake.open(session, changed);
      Backfill backfill = Backfill.of(lake, changed);
      LakeTable silver = lake.table(TableDefinition.SILVER);
      List<LocalDate> days =
          silver.filesAt(silver.version()).stream().map(TableFile::partition).sorted().toList();
      LocalDate from = days.get(0);
      LocalDate to = days.get(days.size() - 1);

      progress.step("planning %s to %s".formatted(from, to));
      Meter planning = Meter.start();
      requireChange(backfill.plan(from, to, OptionalLong.empty()).silver());
      all.add(measured("plan", events, planning));

      progress.step("applying them");
      Meter applying = Meter.start();
      requireChange(backfill.apply(from, to));
      all.add(measured("apply", events, applying));

      progress.step("gold takes them in");
      Meter merging = Meter.start();
      MedallionBacklog.finish(GoldJob.start(lake, changed, true), events, progress);
      all.add(measured("gold", events, merging));

      progress.step("verifying everything");
      Meter verifying = Meter.start();
      requireProof(new LakeCheck(lake, changed).prove(EventDays.ALL));
      all.add(measured("verify", events, verifying));
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Drained measured(String stage, long events, Meter meter) {
    Drained drained =
        new Drained(MedallionBacklog.NAME, stage, events, meter.stop(), Drained.Output.NONE);
    progress.step(drained.line());
    return drained;
  }

  private static void requireChange(ReplayReport report) {
    if (report.isEmpty()) {
      throw new IllegalStateException("the backfill changes nothing: " + report);
    }
  }

  private static void requireProof(VerifyReport report) {
    if (!report.holds()) {
      throw new IllegalStateException("the backfill left something wrong: " + report.checks());
    }
  }

  private static Bars bars(List<Drained> all) {
    return new Bars(
        "A backfill",
        "events/s",
        all.stream().map(Drained::stage).toList(),
        Map.of(MedallionBacklog.NAME, all.stream().map(done -> (double) done.rate()).toList()));
  }
}
