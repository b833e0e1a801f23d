package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.EventRules;
import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.FileReport;
import io.medallion.demo.ingest.IngestListener;
import io.medallion.demo.ingest.IngestProgress;
import io.medallion.demo.ingest.IngestReport;
import io.medallion.demo.ingest.IngestSettings;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends the events of files to Kafka. */
@Command(
    name = "ingest",
    sortOptions = false,
    description =
        "Sends the events of CSV files with a header, of JSON lines or JSON arrays, plain or"
            + " gzip, to Kafka; - is standard input. An event without an id gets one from its line,"
            + " so that ingesting twice changes nothing; a line that cannot be mapped is sent as it"
            + " is and shows up in quarantine. Says what became of every file, and exits with 1"
            + " where Kafka does not have all, or where no event of a file has what --map names.",
    footer = {
      "",
      "Example:",
      "  medallion ingest 2019-Oct.csv.gz",
      "  medallion ingest --map timestamp=when --map user_id=customer events.jsonl",
      "  medallion ingest --watch incoming/"
    })
final class IngestCommand extends MedallionCommand {
  private static final int LINES_NAMED = 20;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Files, in this order; - is standard input.")
  private List<Path> files = List.of();

  @Option(
      names = "--map",
      paramLabel = "FIELD=COLUMN",
      description =
          "The column, or in JSON the path, such as payload.user.id, that holds a field of"
              + " the event contract; may be repeated. It wins over a column of the field's own"
              + " name.")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--encoding",
      paramLabel = "CHARSET",
      description =
          "What files without a byte order mark are written in, such as ISO-8859-1,"
              + " windows-1252 or UTF-16LE (default: UTF-8).")
  private Charset encoding = StandardCharsets.UTF_8;

  @Option(
      names = "--watch",
      paramLabel = "DIR",
      description = "Takes each file that appears in a folder, once, until Ctrl-C.")
  private Path watched;

  private boolean unseen;

  IngestCommand(CommandContext context) {
    super(context);
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
            columns,
            EventRules.of(configuration),
            encoding);
    LogFile.open(context().data(), "ingest");
    try (StopSignal stop = StopSignal.listen()) {
      IngestReport report = run(ingest, stop);
      print(summary(report));
      return exitCode(report) == ExitCode.OK && unseen ? ExitCode.FAILURE : exitCode(report);
    }
  }

  private IngestReport run(IngestSettings ingest, StopSignal stop) {
    try (Progress progress = new Progress(context())) {
      Account reconciliation = new Account(stop, progress);
      IngestReport report =
          watched == null
              ? FileIngest.ingest(ingest, files, reconciliation)
              : FileIngest.watch(ingest, watched, reconciliation);
      report.problem().ifPresent(reconciliation::tell);
      return report;
    }
  }

  /** 2 says that nothing was done. */
  private static int exitCode(IngestReport report) {
    if (report.isComplete()) {
      return ExitCode.OK;
    }
    return report.nothingDone()
        ? report.problem().orElseThrow().code().exitCode()
        : ExitCode.FAILURE;
  }

  /** Tells of each file as it goes. */
  private final class Account implements IngestListener {
    private final StopSignal stop;
    private final Progress progress;
    private final Set<MedallionException> told = Collections.newSetFromMap(new IdentityHashMap<>());
    private int named;

    Account(StopSignal stop, Progress progress) {
      this.stop = stop;
      this.progress = progress;
    }

    @Override
    public boolean stop() {
      return stop.asked();
    }

    @Override
    public void progress(IngestProgress p) {
      progress.show(line(p));
    }

    @Override
    public void notSent(Path file, long line, String why) {
      if (++named <= LINES_NAMED) {
        context().err().println("%s, line %,d: %s".formatted(file, line, why));
        context().err().flush();
      }
    }

    @Override
    public void finished(FileReport report) {
      if (named > LINES_NAMED) {
        context()
            .err()
            .println("%s: and %,d lines more".formatted(report.file(), named - LINES_NAMED));
      }
      named = 0;
      print(reconciliation(report));
      for (String path : report.unseenPaths()) {
        unseen = true;
        context()
            .err()
            .println("%s: no event has %s, which --map names".formatted(report.file(), path));
      }
      context().err().flush();
      report.problem().ifPresent(this::tell);
    }

    /** Each once: what ended the last file may be what ended everything. */
    void tell(MedallionException problem) {
      if (told.add(problem)) {
        ErrorReport.print(problem, context().err());
      }
    }
  }

  private static String line(IngestProgress p) {
    String read =
        p.bytesTotal() > 0
            ? "%.0f %%".formatted(100.0 * p.bytesRead() / p.bytesTotal())
            : "%,d bytes".formatted(p.bytesRead());
    return "%s  %,d lines  %s  %,.0f/s"
        .formatted(
            name(p.file()),
            p.lines(),
            read,
            p.lines() * 1000.0 / Math.max(1, p.elapsed().toMillis()));
  }

  private static Path name(Path file) {
    return Optional.ofNullable(file.getFileName()).orElse(file);
  }

  private static String reconciliation(FileReport r) {
    StringBuilder text = new StringBuilder();
    text.append(r.isComplete() ? "done" : r.problem().isPresent() ? "failed" : "not all of");
    text.append(
        " %s: %,d lines, %,d events, %,d acknowledged"
            .formatted(r.file(), r.lines(), r.events(), r.acknowledged()));
    append(text, r.raw(), "sent as they are");
    append(text, r.tooLong(), "too long");
    append(text, r.refused(), "refused by the broker");
    append(text, r.waiting(), "waiting for its line end");
    return text.toString();
  }

  private static void append(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(", %,d %s".formatted(count, what));
    }
  }

  private static String summary(IngestReport r) {
    return """
    files         %,d%s
    lines         %,d
    acknowledged  %,d
    events        %,d (with an id from their line: %,d)
    sent as is    %,d
    not sent      %,d\
    """
        .formatted(
            r.files(),
            r.failed() == 0 ? "" : " (and %,d failed)".formatted(r.failed()),
            r.lines(),
            r.acknowledged(),
            r.mapped(),
            r.derivedIds(),
            r.raw(),
            r.notSent());
  }
}
