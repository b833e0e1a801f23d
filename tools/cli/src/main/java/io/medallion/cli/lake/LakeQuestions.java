package io.medallion.cli.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.dashboard.api.LakeReader;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.operations.Quarantine;
import io.medallion.operations.verify.GoldLineage;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * Answers what the page, the API and assistants ask of the lake. Lineage needs Spark, which the
 * first such question starts, and is answered one at a time.
 */
public final class LakeQuestions implements LakeReader, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String JOBS = "medallion-lineage";

  private final Configuration configuration;
  private final Supplier<SparkSession> spark;
  private final ExecutorService thread = Executors.newSingleThreadExecutor(LakeQuestions::daemon);
  private volatile SparkSession session;

  /**
   * About the configured lake.
   *
   * @param spark gives the session that lineage is read in; whoever gives it stops it
   */
  public LakeQuestions(Configuration configuration, Supplier<SparkSession> spark) {
    this.configuration = configuration;
    this.spark = spark;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, JOBS);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public String lineage(String mart, Map<String, String> row, int most) throws TimeoutException {
    Future<String> answer = thread.submit(() -> read(mart, row, most));
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      if (session != null) {
        session.sparkContext().cancelJobGroup(JOBS);
      }
      throw new TimeoutException(
          "The lake did not answer within %d s".formatted(PATIENCE.toSeconds()));
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new TimeoutException("The lake's answer was not waited for");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MedallionException problem) {
        throw problem;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private String read(String mart, Map<String, String> row, int most)
      throws JsonProcessingException {
    if (session == null) {
      session = spark.get();
    }
    session.sparkContext().setJobGroup(JOBS, "explain " + mart, true);
    return Json.MAPPER.writeValueAsString(
        new GoldLineage(Lake.look(session, configuration), configuration).of(mart, row, most));
  }

  @Override
  public String quarantined(
      Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> reason) {
    return json(quarantine().counts(new Quarantine.Selection(from, to, reason)));
  }

  @Override
  public String refused(String position) {
    return json(quarantine().show(position));
  }

  private Quarantine quarantine() {
    return Quarantine.of(LakeFolder.look(configuration));
  }

  private static String json(Object answer) {
    try {
      return Json.MAPPER.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
