package io.medallion.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.cli.show.Window;
import io.medallion.demo.traffic.TrafficProgress;
import io.medallion.gold.read.CurrentMetrics;
import io.medallion.operations.LakeStatus;
import io.medallion.operations.LakeStatus.LayerStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final CurrentMetrics NUMBERS =
      new CurrentMetrics(
          List.of(new CurrentMetrics.Minute(NOW, 1_200), new CurrentMetrics.Minute(NOW, 34)),
          56,
          70,
          30,
          5,
          List.of(
              new CurrentMetrics.Ranked("shop-de", 900), new CurrentMetrics.Ranked("shop-us", 334)),
          List.of(new CurrentMetrics.Ranked("/a\u001b[31m", 9), new CurrentMetrics.Ranked("/b", 8)),
          List.of(new CurrentMetrics.Ranked("Chile", 7)));

  private final StringWriter out = new StringWriter();
  private Window window = Window.USUAL;

  @Test
  void aLineForAPipeTellsEveryLayerAndTheNumbers() {
    assertThat(FrameText.line(frame(65, Optional.of(NUMBERS))))
        .isEqualTo(
            "  65 s  kafka 12,345  bronze 12,000 (lag 345, newest 0.8 s ago)"
                + "  silver 11,000 (lag 1,000, newest 2 min 5 s ago)  gold - (lag -, newest -)"
                + "  | page views 1,234  active 56  sessions 70 open 30 closed  conversion 5.0 %"
                + "  top /a?[31m 9  Chile 7");
  }

  @Test
  void theScreenFitsATerminalAndNothingInANameSteersIt() {
    List<String> lines = FrameText.screen(frame(65, Optional.of(NUMBERS)));
    assertThat(lines).hasSizeLessThan(24).allMatch(line -> line.length() <= 80);
    assertThat(lines).noneMatch(line -> line.contains("\u001b"));
    assertThat(String.join("\n", lines))
        .contains("Medallion demo, 1 min 5 s: traffic flows")
        .contains("1,234  (by minute: 1,200, 34)")
        .contains("By site, 15 minutes         shop-de 900, shop-us 334")
        .contains("70 open, 30 closed")
        .contains("/a?[31m 9, /b 8");
  }

  @Test
  void withoutNumbersTheScreenSaysSo() {
    assertThat(FrameText.screen(frame(1, Optional.empty()))).contains("Gold has no numbers now.");
  }

  @Test
  void inAPipeLinesComeEveryFewSecondsAndTheFirstNumbersAtOnce() {
    Display display = display(false);
    display.show(frame(10, Optional.empty()));
    display.show(frame(11, Optional.empty()));
    assertThat(out.toString().lines()).hasSize(1);
    assertThat(display.isDue(Duration.ofSeconds(12))).isTrue();
    display.show(frame(12, Optional.of(NUMBERS)));
    assertThat(out.toString().lines()).hasSize(2);
    assertThat(display.isDue(Duration.ofSeconds(16))).isFalse();
    assertThat(display.isDue(Duration.ofSeconds(17))).isTrue();
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void onATerminalAFrameReplacesTheOneBefore() {
    Display display = display(true);
    display.show(frame(1, Optional.of(NUMBERS)));
    int lines = FrameText.screen(frame(1, Optional.of(NUMBERS))).size();
    assertThat(out.toString()).doesNotContain("\u001b[" + lines + "A");
    display.show(frame(2, Optional.of(NUMBERS)));
    assertThat(out.toString()).contains("\u001b[" + lines + "A");
    out.getBuffer().setLength(0);
    display.say("stays");
    display.show(frame(3, Optional.of(NUMBERS)));
    assertThat(out.toString()).startsWith("stays").doesNotContain("\u001b[" + lines + "A");
  }

  @Test
  void aHintIsGoneWithWhatIsSaidNext() {
    Display display = display(true);
    display.hint("3 s");
    assertThat(out.toString()).isEqualTo("\r3 s\u001b[K");
    out.getBuffer().setLength(0);
    display.say("ready");
    assertThat(out.toString()).isEqualTo("\r\u001b[Kready\n");

    out.getBuffer().setLength(0);
    display(false).hint("3 s");
    assertThat(out.toString()).isEmpty();
  }

  /** Nothing is left of frames of another width, and what was said before them is there again. */
  @Test
  void aWindowThatChangesItsSizeIsDrawnAnew() {
    Display display = display(true);
    display.say("Live page http://localhost:8090/");
    display.show(frame(1, Optional.of(NUMBERS)));
    out.getBuffer().setLength(0);
    window = new Window(24, 40);
    display.show(frame(2, Optional.of(NUMBERS)));
    assertThat(out.toString()).startsWith("\u001b[H\u001b[2JLive page http://localhost:8090/\n");
    assertThat(out.toString().replaceAll("\u001b\\[[0-9]*[A-Z]", "").lines())
        .allMatch(line -> line.length() < 40);
    out.getBuffer().setLength(0);
    display.show(frame(3, Optional.of(NUMBERS)));
    assertThat(out.toString()).doesNotContain("\u001b[2J").contains("A\r");
  }

  @Test
  void aFrameIsNoHigherThanTheWindow() {
    window = new Window(10, 80);
    Display display = display(true);
    display.show(frame(1, Optional.of(NUMBERS)));
    assertThat(out.toString().lines().filter(line -> line.contains("\u001b[K"))).hasSize(9);
    display.show(frame(2, Optional.of(NUMBERS)));
    assertThat(out.toString()).contains("\u001b[9A");
  }

  @Test
  void aLineIsCutBetweenWords() {
    Window narrow = new Window(24, 30);
    assertThat(narrow.fitted("Page views  1,234,567, 8,901,234"))
        .isEqualTo("Page views  1,234,567 \u2026");
    assertThat(narrow.fitted("short")).isEqualTo("short");
    assertThat(narrow.fitted("x".repeat(50))).hasSize(30);
  }

  @Test
  void theWindowIsWhatTheTerminalSays() {
    assertThat(Window.parse("50 132\n")).isEqualTo(new Window(50, 132));
    assertThat(Window.parse("0 0\n")).isEqualTo(Window.USUAL);
    assertThat(Window.parse("")).isEqualTo(Window.USUAL);
  }

  private Display display(boolean terminal) {
    return new Display(new PrintWriter(out, true), terminal, () -> window);
  }

  private static Frame frame(long seconds, Optional<CurrentMetrics> numbers) {
    LakeStatus status =
        new LakeStatus(
            NOW,
            "/lake",
            new LakeStatus.Kafka("127.0.0.1:9092", 12_345, Map.of("clickstream_events-0", 12_345L)),
            List.of(
                layer("bronze", 12_000L, 345L, 0.84),
                layer("silver", 11_000L, 1_000L, 125.0),
                layer("gold", null, null, null)),
            List.of(),
            List.of(),
            null,
            List.of());
    return new Frame(
        "traffic flows",
        Duration.ofSeconds(seconds),
        new TrafficProgress(12_345, 12_345, 0, Duration.ofSeconds(seconds)),
        status,
        numbers,
        "Gold has no numbers now.");
  }

  private static LayerStatus layer(String name, Long rows, Long lag, Double fresh) {
    return new LayerStatus(
        name,
        "running",
        4711L,
        "here",
        rows == null ? null : "commit 8",
        rows,
        lag,
        null,
        fresh,
        null,
        Map.of());
  }
}
