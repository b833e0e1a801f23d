package io.medallion.dashboard.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.medallion.common.Resource;
import io.medallion.common.config.Configuration;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers programs: {@code /api/v1/marts}, {@code /api/v1/marts/NAME}, {@code /api/v1/freshness},
 * {@code /api/v1/explain/NAME}, {@code /api/v1/quarantine}, and {@code /api/openapi.json}, which
 * describes them.
 */
public final class ReadApi implements HttpHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReadApi.class);

  /** What its paths begin with. */
  public static final String PATH = "/api/";

  private static final String VERSION = "/api/v1/";
  private static final String MARTS = VERSION + "marts";
  private static final String JSON_TYPE = "application/json; charset=utf-8";
  private static final String OPENAPI = Resource.text(ReadApi.class, "openapi.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Questions that Postgres works on at once; each has a connection. */
  private static final int AT_ONCE = 8;

  private static final String SITE = "site";

  /** Questions about the lake, which may take a minute, at once: marts do not wait for them. */
  private static final int LAKE_AT_ONCE = 2;

  /** How long one more waits for these. */
  private static final long PATIENCE_SECONDS = 3;

  private final MartReader gold;
  private final LakeApi lake;
  private final Access access;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Semaphore lakePlaces = new Semaphore(LAKE_AT_ONCE);

  /**
   * One over the configured database.
   *
   * @param access who may ask
   * @param lake is asked what numbers are made of
   */
  public ReadApi(Configuration configuration, Access access, LakeReader lake) {
    this.lake = new LakeApi(lake);
    this.gold = new MartReader(configuration);
    this.access = access;
  }

  /** Answers one; the caller has checked the Host header and set the headers of all answers. */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try {
      requireRead(exchange);
      Optional<String> site = access.site(exchange.getRequestHeaders());
      Semaphore among = isOfLake(exchange.getRequestURI().getPath()) ? lakePlaces : places;
      awaitPlace(among);
      try {
        answer(exchange, site);
      } finally {
        among.release();
      }
    } catch (ApiException e) {
      refuse(exchange, e);
    } catch (RuntimeException e) {
      LOG.error("{} was not answered", exchange.getRequestURI().getPath(), e);
      refuse(exchange, new ApiException(500, "It failed", "The log of the dashboard says why."));
    }
  }

  /** Says why a request is not answered. */
  public static void refuse(HttpExchange exchange, ApiException e) throws IOException {
    if (e.status() == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    JsonNode problem =
        JSON.createObjectNode()
            .put("status", e.status())
            .put("title", e.getMessage())
            .put("detail", e.remedy());
    send(exchange, e.status(), "application/problem+json", problem.toString());
  }

  @Override
  public void close() {
    gold.close();
  }

  private static boolean isOfLake(String path) {
    return path.startsWith(VERSION) && LakeApi.answers(path.substring(VERSION.length()));
  }

  private static void awaitPlace(Semaphore among) throws ApiException {
    boolean free = false;
    try {
      free = among.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!free) {
      throw new ApiException(
          503, "As many questions as may be are being answered", "Ask again in a second.");
    }
  }

  private static void requireRead(HttpExchange exchange) throws ApiException {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      throw new ApiException(405, method + " is not answered", "The API only reads: GET.");
    }
  }

  private void answer(HttpExchange exchange, Optional<String> site)
      throws IOException, ApiException {
    String path = exchange.getRequestURI().getPath();
    Map<String, String> parameters = parameters(exchange.getRequestURI().getRawQuery());
    if (path.equals("/api/openapi.json")) {
      send(exchange, 200, JSON_TYPE, OPENAPI);
    } else if (path.equals(MARTS)) {
      send(exchange, 200, JSON_TYPE, gold.martsJson().toString());
    } else if (path.equals(VERSION + "freshness")) {
      send(exchange, 200, JSON_TYPE, limited(gold.asOf(), site).toString());
    } else if (path.startsWith(MARTS + "/")) {
      String mart = path.substring(MARTS.length() + 1);
      if (site.isPresent()) {
        limit(mart, site.get(), parameters);
      }
      rows(exchange, mart, parameters, site);
    } else {
      if (site.isPresent() && isOfLake(path)) {
        throw new ApiException(
            403,
            "This token shows the site %s alone".formatted(site.get()),
            "What lies in the lake is of all sites: ask whoever may see them.");
      }
      Optional<String> answer =
          path.startsWith(VERSION)
              ? lake.answer(path.substring(VERSION.length()), parameters)
              : Optional.empty();
      send(
          exchange,
          200,
          JSON_TYPE,
          answer.orElseThrow(
              () ->
                  new ApiException(404, "There is nothing at " + path, "See /api/openapi.json.")));
    }
  }

  /** Has a question be one about a site, whatever it asks. */
  private void limit(String name, String site, Map<String, String> parameters) throws ApiException {
    boolean hasSites =
        gold.marts().stream()
            .filter(mart -> mart.name().equals(name))
            .allMatch(
                mart -> mart.columns().stream().anyMatch(column -> column.name().equals(SITE)));
    if (!hasSites || !parameters.getOrDefault(SITE, site).equals(site)) {
      throw new ApiException(
          403,
          "This token shows the site %s alone".formatted(site),
          hasSites ? "Ask for this site." : "%s has no column site.".formatted(name));
    }
    parameters.put(SITE, site);
  }

  /** What all sites together leave out is nothing that who may see one is told. */
  private static ObjectNode limited(ObjectNode asOf, Optional<String> site) {
    if (site.isPresent()) {
      asOf.remove("left_out");
    }
    return asOf;
  }

  private void rows(
      HttpExchange exchange, String name, Map<String, String> parameters, Optional<String> site)
      throws IOException, ApiException {
    String format = Optional.ofNullable(parameters.remove("format")).orElse("json");
    if (!format.equals("json") && !format.equals("csv")) {
      throw new ApiException(400, "format is '%s'".formatted(format), "Give json or csv.");
    }
    String of = site.map(only -> "-" + Integer.toHexString(only.hashCode())).orElse("");
    Optional<String> tag = gold.tag(name).map(text -> '"' + text + of + '"');
    if (tag.isPresent()) {
      exchange.getResponseHeaders().set("ETag", tag.get());
      // Another token may be one of another site.
      exchange.getResponseHeaders().set("Vary", "Authorization");
      exchange.getResponseHeaders().set("Cache-Control", "no-cache");
      if (tag.get().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
        exchange.sendResponseHeaders(304, -1);
        return;
      }
    }
    MartQuery query = new MartQuery(parameters);
    if (format.equals("csv")) {
      send(exchange, 200, "text/csv; charset=utf-8; header=present", gold.csv(name, query));
    } else {
      ObjectNode answer = gold.rows(name, query);
      limited((ObjectNode) answer.get("as_of"), site);
      send(exchange, 200, JSON_TYPE, answer.toString());
    }
  }

  private static Map<String, String> parameters(String query) throws ApiException {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new ApiException(400, "'%s' has no value".formatted(pair), "Write name=value.");
        }
        if (parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)))
            != null) {
          throw new ApiException(
              400, "'%s' is there twice".formatted(pair), "Give each parameter once.");
        }
      }
    }
    return parameters;
  }

  private static String decoded(String text) throws ApiException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, "'%s' is not encoded".formatted(text), "Percent-encode values.");
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
