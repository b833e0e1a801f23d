package io.medallion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the settings in force. */
@Command(
    name = "config",
    sortOptions = false,
    description = "Shows the settings in force and where each comes from; secrets are hidden.",
    footer = {
      "",
      "Example:",
      "  medallion config --describe",
      "  MEDALLION_LAKE_PATH=/data/lake medallion config --json"
    })
final class ConfigCommand extends MedallionCommand {
  private static final String NOT_SET = "(not set)";

  @Option(names = "--describe", description = "Says what each setting means.")
  private boolean describe;

  @Option(names = "--json", description = "Prints a JSON array for scripts.")
  private boolean json;

  ConfigCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws JsonProcessingException {
    Configuration configuration = settings().read();
    if (json) {
      printJson(configuration);
    } else {
      printText(configuration);
    }
    configuration.passedOver().ifPresent(context().err()::println);
    context().err().flush();
    return ExitCode.OK;
  }

  private void printText(Configuration configuration) {
    Map<String, Configuration.Entry> entries = everyOne(configuration);
    int width = entries.keySet().stream().mapToInt(String::length).max().orElse(0);
    int values =
        entries.values().stream()
            .mapToInt(entry -> Math.min(40, entry.text().length()))
            .max()
            .orElse(0);
    Map<String, ConfigKey<?>> keys = keys();
    String group = "";
    for (Map.Entry<String, Configuration.Entry> named : entries.entrySet()) {
      String name = named.getKey();
      Configuration.Entry entry = named.getValue();
      if (!group.isEmpty() && !group.equals(group(name))) {
        print("");
      }
      group = group(name);
      print(
          ("%-" + width + "s  %-" + values + "s  %s")
              .formatted(name, entry.text(), entry.origin())
              .stripTrailing());
      if (describe && keys.containsKey(name)) {
        print("    %s (%s)".formatted(keys.get(name).description(), keys.get(name).type()));
      }
    }
  }

  private void printJson(Configuration configuration) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode all = mapper.createArrayNode();
    Map<String, ConfigKey<?>> keys = keys();
    everyOne(configuration)
        .forEach(
            (name, entry) -> {
              ObjectNode node = all.addObject().put("name", name);
              boolean set = !entry.text().equals(NOT_SET);
              node.put("value", set ? entry.text() : null);
              node.put("from", set ? entry.origin() : null);
              ConfigKey<?> key = keys.get(name);
              if (key != null) {
                node.put("default", key.defaultText());
                node.put("type", key.type());
                node.put("secret", key.secret());
                node.put("environment", key.environmentName());
                node.put("description", key.description());
              }
            });
    print(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(all));
  }

  /** Every setting in the order of the documentation, then those of the open prefixes. */
  private static Map<String, Configuration.Entry> everyOne(Configuration configuration) {
    Map<String, Configuration.Entry> shown = new LinkedHashMap<>(configuration.shown());
    Map<String, Configuration.Entry> all = new LinkedHashMap<>();
    for (ConfigKey<?> key : Keys.all()) {
      Configuration.Entry entry = shown.remove(key.name());
      all.put(key.name(), entry == null ? new Configuration.Entry(NOT_SET, "") : entry);
      Configuration.Entry file = shown.remove(key.name() + "-file");
      if (file != null) {
        all.put(key.name() + "-file", file);
      }
    }
    all.putAll(shown);
    return all;
  }

  private static Map<String, ConfigKey<?>> keys() {
    return Keys.all().stream().collect(Collectors.toMap(ConfigKey::name, Function.identity()));
  }

  private static String group(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }
}
