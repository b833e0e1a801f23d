package io.medallion.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.Resource;
import io.medallion.common.config.Keys;
import io.medallion.demo.traffic.Simulator;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * What work over a large lake costs, and costs the layers that follow live traffic next to it: a
 * mart of a user's own that is filled from history, and a person who is erased.
 */
public final class Beside {
  private static final String MART = "visitors_by_country";
  private static final double PROBES = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final long LOOK_EVERY_MILLIS = 200;
  private static final double MIB = 1 << 20;

  private final Launcher launcher;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * A measurement.
   *
   * @param launcher the script that runs our commands
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public Beside(Path launcher, Path folder, BenchProgress progress) {
    this.launcher = new Launcher(launcher.toAbsolutePath());
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @param events in the lake before
   * @param users who sent them
   * @param rate of live traffic, events a second
   * @param quiet how long the layers are alone with it, first to warm up, then to be measured
   */
  public Report run(long events, int users, double rate, Duration quiet)
      throws InterruptedException {
    ReportTable live =
        ReportTable.of(
            "age of a page view in Postgres",
            "next to",
            "seconds",
            "views looked for",
            "p50 ms",
            "p95 ms",
            "max ms");
    ReportTable work =
        ReportTable.of(
            "the work",
            "what",
            "seconds",
            "CPU s",
            "peak memory MiB",
            "rows",
            "files",
            "MiB written");
    try (TestBed bed = TestBed.open(folder.resolve("data"))) {
      Path marts = Files.createDirectories(folder.resolve("marts"));
      MedallionProcesses layers =
          new MedallionProcesses(
              launcher,
              Map.of(GoldJob.NAME, List.of("--%s=%s".formatted(Keys.GOLD_MARTS.name(), marts))));
      long sent = bed.send(events, users, 2, progress);
      progress.step("filling the lake with %,d events".formatted(sent));
      layers.drain(bed, folder, progress);
      String person = one(bed, PERSON);
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Long> traffic = send(bed, rate, stop);
      List<MeasuredProcess> running = new ArrayList<>();
      try (FreshnessProbe probe = new FreshnessProbe(bed, "gold.page_views", PROBES)) {
        List<ProcessBuilder> builders = layers.following(bed, folder);
        builders.forEach(builder -> running.add(MeasuredProcess.in(folder, builder)));
        await(running, probe::begun);
        progress.step("warming up");
        TimeUnit.MILLISECONDS.sleep(quiet.toMillis());
        progress.step("measuring without any other work");
        ages(live, "nothing", probe, () -> TimeUnit.MILLISECONDS.sleep(quiet.toMillis()));
        addMart(bed, builders.get(builders.size() - 1), marts, running, probe, live, work);
        TimeUnit.MILLISECONDS.sleep(quiet.toMillis() / 2);
        ages(live, "an erasure", probe, () -> erase(bed, person, work));
      } finally {
        stop.set(true);
        traffic.join();
        running.forEach(MeasuredProcess::close);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("events", events);
    settings.put("users", users);
    settings.put("rate", rate);
    settings.put("measured seconds", quiet.toSeconds());
    return Report.of("beside", settings, List.of(live, work), bars(live));
  }

  /** A person of the first day there is. */
  private static final String PERSON =
      "SELECT min(visitor) FROM gold.sessions WHERE visitor IN (SELECT person FROM"
          + " gold.identities) AND local_date = (SELECT min(local_date) FROM gold.sessions)";

  private static CompletableFuture<Long> send(TestBed bed, double rate, AtomicBoolean stop) {
    return CompletableFuture.supplyAsync(
        () ->
            new Simulator(bed.traffic().withSeed(1).withRate(rate))
                .run(stop::get, told -> {})
                .acknowledged());
  }

  /** Gold takes a new mart at its next start, and fills it while it merges the others. */
  private void addMart(
      TestBed bed,
      ProcessBuilder gold,
      Path marts,
      List<MeasuredProcess> running,
      FreshnessProbe probe,
      ReportTable live,
      ReportTable work)
      throws InterruptedException, IOException {
    progress.step("gold starts again, with a mart more");
    running.remove(running.size() - 1).close();
    Files.writeString(
        marts.resolve(MART + ".sql"), Resource.text(OwnMarts.class, "marts/" + MART + ".sql"));
    long begun = System.nanoTime();
    MeasuredProcess process = MeasuredProcess.in(folder, gold);
    running.add(process);
    String merged = "SELECT merged_at > now() - interval '5 seconds' FROM gold.ledger";
    await(running, () -> "t".equals(one(bed, merged)));
    String filled = "SELECT EXISTS (SELECT FROM gold.marts WHERE mart = '%s')".formatted(MART);
    ages(
        live,
        "a mart that is filled",
        probe,
        () -> await(running, () -> "t".equals(one(bed, filled))));
    work.add(
        "a mart of one's own, from gold's start on",
        (System.nanoTime() - begun) / 1e9,
        process.cpu().toMillis() / 1e3,
        process.peakBytes() / MIB,
        Long.parseLong(one(bed, "SELECT count(*) FROM gold." + MART)),
        null,
        null);
  }

  private void erase(TestBed bed, String person, ReportTable work) throws InterruptedException {
    progress.step("erasing " + person);
    Path receipt = folder.resolve("receipt.json");
    long begun = System.nanoTime();
    ProcessBuilder builder =
        launcher.command(
            folder,
            bed.services().settings(),
            List.of("erase", "--user", person, "--apply", "--json"));
    try (MeasuredProcess process = new MeasuredProcess(builder, receipt)) {
      Duration cpu = process.await();
      double seconds = (System.nanoTime() - begun) / 1e9;
      long rows = 0;
      long files = 0;
      long bytes = 0;
      for (JsonNode table : read(receipt).at("/receipt/tables")) {
        for (JsonNode day : table.get("days")) {
          rows += day.asLong();
        }
        files += table.get("files").asLong();
        bytes += written(bed, table.get("table").asText(), table.get("version").asLong());
      }
      work.add(
          "an erasure",
          seconds,
          cpu.toMillis() / 1e3,
          process.peakBytes() / MIB,
          rows,
          files,
          bytes / MIB);
    }
  }

  private static JsonNode read(Path receipt) {
    try {
      // Warnings of the JVM may come first.
      String text = Files.readString(receipt);
      return new ObjectMapper().readTree(text.substring(text.indexOf('{')));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of the data files that a commit has added. */
  private static long written(TestBed bed, String name, long version) {
    TableDefinition table =
        TableDefinition.ALL.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();
    Path commit =
        bed.folderOf(table).resolve("_delta_log").resolve("%020d.json".formatted(version));
    ObjectMapper json = new ObjectMapper();
    try (Stream<String> actions = Files.lines(commit)) {
      long bytes = 0;
      for (String action : actions.toList()) {
        bytes += json.readTree(action).at("/add/size").asLong();
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws InterruptedException;
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds();
  }

  private static void ages(ReportTable live, String what, FreshnessProbe probe, Work work)
      throws InterruptedException {
    long from = System.currentTimeMillis();
    work.run();
    long to = System.currentTimeMillis();
    Ages ages = probe.ages(from, to, PATIENCE);
    live.add(what, (to - from) / 1e3, ages.events(), ages.p50(), ages.p95(), ages.max());
  }

  private static void await(List<MeasuredProcess> running, Condition condition)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      running.forEach(MeasuredProcess::requireAlive);
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited for %s in vain".formatted(PATIENCE));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  /** The one value of a query. */
  private static String one(TestBed bed, String sql) {
    try (Connection connection = bed.owner();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bars bars(ReportTable live) {
    Map<String, List<Double>> series = new TreeMap<>();
    for (int column : new int[] {3, 4}) {
      series.put(
          live.columns().get(column),
          live.rows().stream().map(row -> ((Number) row.get(column)).doubleValue()).toList());
    }
    return new Bars(
        "Age of a page view in Postgres, next to",
        "ms",
        live.rows().stream().map(row -> (String) row.get(0)).toList(),
        series);
  }
}
