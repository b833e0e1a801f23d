package io.medallion.cli.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.cli.mcp.Tool.ToolException;
import io.medallion.common.Resource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Model Context Protocol, as far as a server of tools needs it: one JSON-RPC message a line.
 *
 * @see <a href="https://modelcontextprotocol.io/specification">its specification</a>
 */
public final class McpServer {
  private static final Logger LOG = LoggerFactory.getLogger(McpServer.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those whose messages, as far as they are used here, are the same; the newest first. */
  private static final List<String> PROTOCOLS = List.of("2025-06-18", "2025-03-26", "2024-11-05");

  private static final int PARSE_ERROR = -32_700;
  private static final int INVALID_REQUEST = -32_600;
  private static final int NO_METHOD = -32_601;
  private static final int INVALID_PARAMS = -32_602;

  private static final String INSTRUCTIONS =
      "Exact numbers of a website's events, kept live in Postgres. list_marts says what there is,"
          + " read_mart reads it. Numbers of windows after complete_until may still change.";

  private final String version;
  private final ArrayNode descriptions;
  private final Map<String, Tool> tools;

  /**
   * A server.
   *
   * @param version of the product
   * @param tools by name, those that {@code tools.json} describes
   */
  public McpServer(String version, Map<String, Tool> tools) {
    this.version = version;
    this.tools = Map.copyOf(tools);
    try {
      this.descriptions = (ArrayNode) JSON.readTree(Resource.text(McpServer.class, "tools.json"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    descriptions.forEach(
        tool -> {
          if (!tools.containsKey(tool.get("name").asText())) {
            throw new IllegalArgumentException(tool.get("name") + " is described and not there");
          }
        });
  }

  /** Answers until the input ends. */
  public void serve(BufferedReader in, PrintWriter out) throws IOException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (!line.isBlank()) {
        JsonNode answer = answer(line);
        if (answer != null) {
          out.println(answer);
          out.flush();
        }
      }
    }
  }

  /** Null to what wants no answer. */
  private JsonNode answer(String line) {
    JsonNode message;
    try {
      message = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return error(JSON.nullNode(), PARSE_ERROR, "This is no JSON: " + e.getOriginalMessage());
    }
    JsonNode id = message.path("id");
    if (!message.isObject() || !message.path("method").isTextual()) {
      // An answer of the other side is none to a question of ours, which asks nothing.
      return message.has("result") || message.has("error")
          ? null
          : error(JSON.nullNode(), INVALID_REQUEST, "A request has a method.");
    }
    if (id.isMissingNode()) {
      return null;
    }
    JsonNode params = message.path("params");
    return switch (message.get("method").asText()) {
      case "initialize" -> result(id, initialized(params));
      case "ping" -> result(id, JSON.createObjectNode());
      case "tools/list" ->
          result(id, JSON.createObjectNode().set("tools", descriptions.deepCopy()));
      case "tools/call" -> called(id, params);
      default -> error(id, NO_METHOD, "There is no method " + message.get("method").asText());
    };
  }

  private ObjectNode initialized(JsonNode params) {
    String asked = params.path("protocolVersion").asText();
    ObjectNode result = JSON.createObjectNode();
    result.put("protocolVersion", PROTOCOLS.contains(asked) ? asked : PROTOCOLS.get(0));
    result.putObject("capabilities").putObject("tools");
    result.putObject("serverInfo").put("name", "medallion").put("version", version);
    return result.put("instructions", INSTRUCTIONS);
  }

  private JsonNode called(JsonNode id, JsonNode params) {
    Tool tool = tools.get(params.path("name").asText());
    if (tool == null) {
      return error(id, INVALID_PARAMS, "There is no tool " + params.path("name"));
    }
    JsonNode arguments = params.path("arguments");
    try {
      return result(
          id,
          content(tool.call(arguments.isObject() ? arguments : JSON.createObjectNode()), false));
    } catch (ToolException e) {
      // Told to the assistant, which can ask better.
      return result(id, content(e.getMessage(), true));
    } catch (RuntimeException e) {
      LOG.error("{} failed", params, e);
      return result(id, content("It failed: " + e.getMessage(), true));
    }
  }

  private static ObjectNode content(String text, boolean isError) {
    ObjectNode result = JSON.createObjectNode();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    return result.put("isError", isError);
  }

  private static ObjectNode result(JsonNode id, JsonNode result) {
    return message(id).set("result", result);
  }

  private static ObjectNode error(JsonNode id, int code, String text) {
    ObjectNode message = message(id);
    message.putObject("error").put("code", code).put("message", text);
    return message;
  }

  private static ObjectNode message(JsonNode id) {
    ObjectNode message = JSON.createObjectNode().put("jsonrpc", "2.0");
    message.set("id", id);
    return message;
  }
}
