package io.medallion.common.contract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes what silver's rows are by a contract in formats that other programs read. */
public final class ContractExport {
  private static final String ODCS = "v3.0.2";
  private static final String TABLE = "enriched_events";

  /**
   * A column of silver's table.
   *
   * @param type as Spark's SQL spells it
   * @param required whether no row is without a value
   */
  public record Column(String name, String type, boolean required) {}

  private ContractExport() {}

  /**
   * A document of the Open Data Contract Standard, version 3, as YAML.
   *
   * @param table silver's columns by the contract, in their order
   */
  public static String odcs(Contract contract, List<Column> table) {
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put("name", TABLE);
    rows.put("physicalName", "silver/" + TABLE);
    rows.put("physicalType", "table");
    rows.put("logicalType", "object");
    rows.put("description", "One row for each event: parsed, validated, deduplicated, located.");
    rows.put("dataGranularityDescription", "An event, by event_id and event_time");
    rows.put("properties", table.stream().map(column -> property(contract, column)).toList());
    if (!contract.rules().isEmpty()) {
      rows.put("quality", contract.rules().stream().map(ContractExport::quality).toList());
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("apiVersion", ODCS);
    document.put("kind", "DataContract");
    document.put("id", "medallion-silver-" + TABLE);
    document.put("name", "Events of silver");
    document.put("version", Optional.ofNullable(contract.version()).orElse("none"));
    document.put("status", "active");
    document.put("schema", List.of(rows));
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(120);
    return new Yaml(options).dump(document);
  }

  private static Map<String, Object> property(Contract contract, Column column) {
    Optional<ContractColumn> declared = declared(contract, column.name());
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("name", column.name());
    property.put("logicalType", logicalType(column.type()));
    property.put("physicalType", column.type());
    property.put("required", column.required());
    if (column.name().equals("event_id") || column.name().equals("event_time")) {
      property.put("primaryKey", true);
      property.put("primaryKeyPosition", column.name().equals("event_id") ? 1 : 2);
    }
    declared
        .map(ContractColumn::about)
        .filter(about -> !about.isEmpty())
        .ifPresent(about -> property.put("description", about));
    declared
        .map(ContractColumn::expr)
        .ifPresent(expr -> property.put("transformLogic", expr.strip()));
    List<String> sources = sources(contract, column.name(), declared);
    if (!sources.isEmpty()) {
      property.put("transformSourceObjects", sources);
    }
    Map<String, Object> bounds = new LinkedHashMap<>();
    declared.ifPresent(c -> putBounds(c, bounds));
    if (!bounds.isEmpty()) {
      property.put("logicalTypeOptions", bounds);
    }
    return property;
  }

  private static Optional<ContractColumn> declared(Contract contract, String name) {
    return Contract.own().column(name).or(() -> contract.column(name));
  }

  /** Where in the event a value comes from, in the order of their precedence. */
  private static List<String> sources(
      Contract contract, String name, Optional<ContractColumn> declared) {
    List<JsonPath> paths = new ArrayList<>();
    String field =
        declared.filter(ContractColumn::isRead).map(c -> c.from().get(0).toString()).orElse(name);
    contract.field(field).ifPresent(rules -> paths.addAll(rules.from()));
    declared.ifPresent(column -> paths.addAll(column.from()));
    return paths.stream().map(JsonPath::toString).distinct().toList();
  }

  /** Of numbers as the standard has them: a refund's price may be below what ours is. */
  private static void putBounds(ContractColumn column, Map<String, Object> bounds) {
    if (column.min() != null && Contract.own().column(column.name()).isEmpty()) {
      bounds.put("minimum", number(column.min()));
    }
    if (column.max() != null) {
      bounds.put("maximum", number(column.max()));
    }
  }

  private static Number number(BigDecimal bound) {
    return bound.stripTrailingZeros().scale() <= 0 ? bound.toBigInteger() : bound;
  }

  private static Map<String, Object> quality(ContractRule rule) {
    Map<String, Object> quality = new LinkedHashMap<>();
    quality.put("name", rule.name());
    quality.put("type", "sql");
    String broken = "(" + rule.check().strip() + "\n) IS FALSE";
    quality.put(
        "query",
        "SELECT count(*) FROM %s WHERE %s"
            .formatted(
                TABLE,
                rule.when() == null
                    ? broken
                    : "(%s%n) IS TRUE AND %s".formatted(rule.when().strip(), broken)));
    boolean isRefused = rule.refuses();
    if (isRefused) {
      quality.put("mustBe", 0);
    }
    quality.put("severity", isRefused ? "error" : "warning");
    quality.put(
        "description",
        isRefused
            ? "Events that break it are in quarantine."
            : "Events that break it have its name among their flags."
                + (rule.fields().isEmpty()
                    ? ""
                    : " They are without " + String.join(", ", rule.fields()) + "."));
    return quality;
  }

  private static String logicalType(String type) {
    return switch (kind(type)) {
      case "timestamp", "date" -> "date";
      case "decimal", "double" -> "number";
      case "int", "bigint" -> "integer";
      case "boolean", "array" -> kind(type);
      default -> "string";
    };
  }

  private static String kind(String type) {
    return type.replaceFirst("[(<].*", "");
  }

  /**
   * The JSON Schema (2020-12) of a row as JSON, as the enriched topic and {@code contract test}
   * write it: without fields that are null.
   *
   * @param table silver's columns by the contract, in their order
   */
  public static Map<String, Object> jsonSchema(Contract contract, List<Column> table) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Column column : table) {
      Map<String, Object> property = new LinkedHashMap<>();
      Optional<ContractColumn> declared = declared(contract, column.name());
      switch (kind(column.type())) {
        case "timestamp" -> putText(property, "date-time");
        case "date" -> putText(property, "date");
        case "array" -> {
          property.put("type", "array");
          property.put("items", Map.of("type", List.of("string", "null")));
        }
        default -> property.put("type", logicalType(column.type()));
      }
      declared.ifPresent(c -> putBounds(c, property));
      declared
          .map(ContractColumn::about)
          .filter(about -> !about.isEmpty())
          .ifPresent(about -> property.put("description", about));
      properties.put(column.name(), property);
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "An event of silver");
    schema.put("type", "object");
    schema.put("required", table.stream().filter(Column::required).map(Column::name).toList());
    schema.put("properties", properties);
    return schema;
  }

  private static void putText(Map<String, Object> property, String format) {
    property.put("type", "string");
    property.put("format", format);
  }
}
