package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.IngestProgress;
import io.medallion.demo.ingest.IngestReport;
import io.medallion.demo.ingest.IngestSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends the events of files to Kafka. */
@Command(
    name = "ingest",
    sortOptions = false,
    description = {
      "Sends the events of CSV files with a header, or of JSON-lines files, plain or gzip, to",
      "Kafka. An event without an id gets one from its line, so that ingesting twice changes",
      "nothing; a line that cannot be mapped is sent as it is and shows up in quarantine."
    },
    footer = {
      "",
      "Example:",
      "  medallion ingest 2019-Oct.csv.gz",
      "  medallion ingest --map timestamp=when --map user_id=customer events.jsonl",
      "  medallion ingest --watch incoming/"
    })
final class IngestCommand extends MedallionCommand {
  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Files, in this order.")
  private List<Path> files = List.of();

  @Option(
      names = "--map",
      paramLabel = "FIELD=COLUMN",
      description = "The column that holds a field of the event contract; may be repeated.")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--watch",
      paramLabel = "DIR",
      description = "Takes each file that appears in a folder, once, until Ctrl-C.")
  private Path watched;

  IngestCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    if (files.isEmpty() == (watched == null)) {
      throw WrongUsage.because(
          new IllegalArgumentException("ingest takes either files or --watch DIR"));
    }
    Configuration configuration = settings().read();
    IngestSettings ingest =
        new IngestSettings(
            KafkaClient.options(configuration),
            configuration.get(Keys.KAFKA_TOPICS).get(0),
            fieldsByColumn());
    LogFile.open(surroundings().data(), "ingest");
    try (StopSignal stop = StopSignal.listen()) {
      IngestReport report = run(ingest, stop);
      print(summary(report));
      return report.acknowledged() == report.lines() ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  private IngestReport run(IngestSettings ingest, StopSignal stop) {
    try (Progress progress = new Progress(surroundings())) {
      return watched == null
          ? FileIngest.ingest(ingest, files, stop::asked, p -> progress.show(line(p)))
          : FileIngest.watch(
              ingest,
              watched,
              stop::asked,
              p -> progress.show(line(p)),
              file -> print("done " + file),
              refused -> ErrorReport.print(refused, surroundings().err()));
    }
  }

  private Map<String, String> fieldsByColumn() {
    Map<String, String> fields = new LinkedHashMap<>();
    columns.forEach(
        (field, column) -> {
          if (fields.putIfAbsent(column, field) != null) {
            throw WrongUsage.because(
                new IllegalArgumentException("the column " + column + " is mapped twice"));
          }
        });
    return fields;
  }

  private static String line(IngestProgress p) {
    return "%s  %,d lines  %.0f %%  %,.0f/s"
        .formatted(
            p.file().getFileName(),
            p.lines(),
            100.0 * p.bytesRead() / Math.max(1, p.bytesTotal()),
            p.lines() * 1000.0 / Math.max(1, p.elapsed().toMillis()));
  }

  private static String summary(IngestReport r) {
    return """
        files         %,d
        lines         %,d
        acknowledged  %,d
        events        %,d (with an id from their line: %,d)
        sent as is    %,d"""
        .formatted(r.files(), r.lines(), r.acknowledged(), r.mapped(), r.derivedIds(), r.raw());
  }
}
