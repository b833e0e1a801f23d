package io.medallion.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.medallion.common.Resource;
import io.medallion.dashboard.api.Access;
import io.medallion.dashboard.api.ApiException;
import io.medallion.dashboard.api.ReadApi;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers requests: the page's own files, and the stream of what changes. */
final class Pages implements HttpHandler {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String HEAD = "HEAD";
  private static final Set<String> METHODS = Set.of("GET", HEAD);
  private static final int MOST_LISTENERS = 200;
  private static final long SILENCE_SECONDS = 15;

  private record Asset(String type, String text) {}

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html",
          "css", "text/css",
          "js", "text/javascript",
          "txt", "text/plain",
          "svg", "image/svg+xml");

  private static final Map<String, Asset> ASSETS =
      Stream.of(
              "index.html",
              "page.css",
              "uplot.css",
              "uplot.js",
              "uplot.LICENSE.txt",
              "icon.svg",
              "api.js",
              "charts.js",
              "dom.js",
              "explain.js",
              "format.js",
              "funnel.js",
              "health.js",
              "lists.js",
              "marts.js",
              "overview.js",
              "page.js",
              "sessions.js",
              "view.js")
          .collect(
              Collectors.toUnmodifiableMap(
                  name -> name.equals("index.html") ? "/" : "/" + name, Pages::asset));

  private final Poller poller;
  private final ReadApi api;
  private final Access access;

  Pages(Poller poller, ReadApi api, Access access) {
    this.poller = poller;
    this.api = api;
    this.access = access;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      addHeaders(exchange.getResponseHeaders());
      String path = exchange.getRequestURI().getPath();
      if (!isMeantForUs(exchange.getRequestHeaders().getFirst("Host"))) {
        refuse(
            exchange,
            421,
            "This page answers to the names localhost, 127.0.0.1 and [::1] alone, because it"
                + " listens on this machine alone: a foreign page could reach it by another name."
                + " With dashboard.host it listens elsewhere, and answers to every name.\n");
      } else if (path.startsWith(ReadApi.PATH)) {
        api.handle(exchange);
      } else if (!METHODS.contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        refuse(exchange, 405);
      } else if (path.equals("/events")) {
        stream(exchange);
      } else if (ASSETS.containsKey(path)) {
        serve(exchange, ASSETS.get(path));
      } else {
        refuse(exchange, 404);
      }
    }
  }

  private static void addHeaders(Headers headers) {
    headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  /** A foreign page must not reach a local one by a name that it has pointed at this machine. */
  private boolean isMeantForUs(String host) {
    return !access.local() || (host != null && HERE.contains(host.replaceFirst(":\\d+$", "")));
  }

  private void stream(HttpExchange exchange) throws IOException {
    Optional<View> view;
    try {
      Optional<String> site = access.site(exchange.getRequestHeaders());
      view = View.parse(exchange.getRequestURI().getRawQuery()).map(of -> of.within(site));
    } catch (ApiException e) {
      ReadApi.refuse(exchange, e);
      return;
    }
    if (view.isEmpty()) {
      refuse(exchange, 400);
      return;
    }
    if (poller.listening() >= MOST_LISTENERS) {
      refuse(exchange, 503);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    if (exchange.getRequestMethod().equals(HEAD)) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    Listener listener = new Listener(view.get());
    poller.add(listener);
    try {
      pass(listener, exchange.getResponseBody());
    } catch (IOException e) {
      // The page was closed: nothing is wrong.
      exchange.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      poller.remove(listener);
    }
  }

  private static void pass(Listener listener, OutputStream out)
      throws IOException, InterruptedException {
    while (true) {
      String message = listener.next(SILENCE_SECONDS);
      out.write((message == null ? ": still here\n\n" : message).getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private static void serve(HttpExchange exchange, Asset asset) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", asset.type() + "; charset=utf-8");
    byte[] bytes = asset.text().getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals(HEAD)) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    byte[] bytes = why.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void refuse(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  private static Asset asset(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    return new Asset(type, Resource.text(Pages.class, "page/" + name));
  }
}
