package io.medallion.gold.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.medallion.gold.TestPostgres;
import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.postgres.Postgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages reach their target in order, at least once, and with the same id each time. */
class AlertSenderIT {
  private static final String TOKEN = "s3cret-token";
  private static final String IN_THE_ADDRESS = "s3cret-path";

  private Postgres postgres;
  private HttpServer server;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger answer = new AtomicInteger(200);

  @BeforeEach
  void start() throws IOException {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    TestPostgres.drop(postgres);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      received.add(
          "%s %s %s %s"
              .formatted(
                  exchange.getRequestMethod(),
                  exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                  exchange.getRequestHeaders().getFirst("Authorization"),
                  body));
      exchange.sendResponseHeaders(answer.get(), -1);
    }
  }

  private AlertTarget webhook() {
    return new AlertTarget.Webhook(
        "http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), IN_THE_ADDRESS),
        Optional.of(TOKEN));
  }

  private void message(int n, String target) {
    TestPostgres.execute(
        postgres,
        "INSERT INTO gold.alert_messages (id, target, alert, body) VALUES ('%s', '%s', 'a', '{\"n\": %d}')"
            .formatted(id(n), target, n));
  }

  private static String id(int n) {
    return "00000000-0000-0000-0000-%012d".formatted(n);
  }

  private static String posted(int n) {
    return "POST %s Bearer %s {\"n\": %d}".formatted(id(n), TOKEN, n);
  }

  private List<String> waiting() {
    return TestPostgres.rows(
        postgres, "SELECT id, attempts, error FROM gold.alert_messages WHERE sent_at IS NULL");
  }

  @Test
  void messagesAreSentInTheirOrderAndOnce() throws Exception {
    for (int n = 1; n <= 250; n++) {
      message(n, "webhook");
    }
    message(999, "topic");
    try (AlertSender sender = new AlertSender(postgres, Target.WEBHOOK, webhook())) {
      assertThat(sender.send()).isTrue();
      assertThat(sender.send()).isTrue();
    }
    assertThat(received).hasSize(250);
    for (int n = 1; n <= 250; n++) {
      assertThat(received.get(n - 1)).isEqualTo(posted(n));
    }
    assertThat(waiting()).containsExactly(id(999) + "|0|null");
    assertThat(
            TestPostgres.rows(
                postgres, "SELECT body FROM gold.alert_messages WHERE body IS NOT NULL"))
        .as("what is sent is not kept")
        .hasSize(1);
  }

  @Test
  void whoDiesBetweenSendingAndNotingSendsTheSameAgain() throws Exception {
    message(1, "webhook");
    message(2, "webhook");
    AlertSender dying =
        new AlertSender(
            postgres,
            Target.WEBHOOK,
            webhook(),
            connection -> {
              connection.abort(Runnable::run);
              throw new SQLException("killed", "08006");
            });
    assertThatThrownBy(dying::send).isInstanceOf(SQLException.class);
    assertThat(received).containsExactly(posted(1));
    assertThat(waiting()).hasSize(2);
    try (AlertSender next = new AlertSender(postgres, Target.WEBHOOK, webhook())) {
      assertThat(next.send()).isTrue();
    }
    assertThat(received).containsExactly(posted(1), posted(1), posted(2));
    assertThat(waiting()).isEmpty();
  }

  @Test
  void aTargetThatRefusesIsAskedAgainAndToldInOrder() throws Exception {
    message(1, "webhook");
    message(2, "webhook");
    answer.set(503);
    try (AlertSender sender = new AlertSender(postgres, Target.WEBHOOK, webhook())) {
      assertThat(sender.send()).isFalse();
      assertThat(sender.send()).as("it is left alone for a second").isFalse();
      assertThat(received).hasSize(1);
      assertThat(waiting())
          .containsExactly(id(1) + "|1|the webhook answered with status 503", id(2) + "|0|null");
      answer.set(204);
      await().atMost(Duration.ofSeconds(20)).until(sender::send);
    }
    assertThat(received).containsExactly(posted(1), posted(1), posted(2));
  }

  @Test
  void aTargetThatIsNotThereIsToldOfWithoutItsSecrets() throws Exception {
    message(1, "webhook");
    int port = server.getAddress().getPort();
    server.stop(0);
    AlertTarget gone =
        new AlertTarget.Webhook(
            "http://127.0.0.1:%d/%s".formatted(port, IN_THE_ADDRESS), Optional.of(TOKEN));
    try (AlertSender sender = new AlertSender(postgres, Target.WEBHOOK, gone)) {
      assertThat(sender.send()).isFalse();
    }
    AlertTarget wrong = new AlertTarget.Webhook("ftp://" + IN_THE_ADDRESS, Optional.of(TOKEN));
    try (AlertSender sender = new AlertSender(postgres, Target.WEBHOOK, wrong)) {
      assertThat(sender.send()).isFalse();
    }
    assertThat(waiting())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .endsWith("|2|gold.alerts.webhook-url is no http:// or https:// address")
                    .doesNotContain(IN_THE_ADDRESS, TOKEN));
  }

  @Test
  void standardOutputGetsALineForEach() throws Exception {
    message(1, "stdout");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AlertTarget printed =
        new AlertTarget.Printed(new PrintStream(out, true, StandardCharsets.UTF_8));
    try (AlertSender sender = new AlertSender(postgres, Target.STDOUT, printed)) {
      assertThat(sender.send()).isTrue();
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualToNormalizingNewlines("{\"n\": 1}\n");
  }
}
