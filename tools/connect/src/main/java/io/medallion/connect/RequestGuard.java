package io.medallion.connect;

import io.medallion.common.error.MedallionException;
import io.medallion.operations.query.GuardedReading;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.connect.proto.CallFunction;
import org.apache.spark.connect.proto.ConfigRequest;
import org.apache.spark.connect.proto.Expression;
import org.apache.spark.connect.proto.KeyValue;
import org.apache.spark.connect.proto.LocalRelation;
import org.apache.spark.connect.proto.Read;
import org.apache.spark.connect.proto.SQL;
import org.apache.spark.connect.proto.SqlCommand;
import org.apache.spark.connect.proto.UnresolvedTableValuedFunction;
import org.apache.spark.sql.SparkSession;
import org.sparkproject.connect.protobuf.Message;

/**
 * Decides whether a request only reads, before Spark sees any of it: every message in it is of a
 * kind that {@link AllowedCalls} has, and what it names, tables, functions and SQL, passes the
 * guard of {@code medallion query}.
 *
 * <p>A client sends plans as messages, not as text, and Spark runs parts of some of them while it
 * makes a plan of them (a pivot looks for its values, for example). So the messages are what is
 * looked at, not the plan that comes of them.
 */
final class RequestGuard {
  /** What reads a table as it was; every other option could lead elsewhere. */
  private static final Set<String> TIME_TRAVEL = Set.of("versionasof", "timestampasof");

  private final GuardedReading reading;
  private final SparkSession parser;

  /**
   * By the guard of this lake.
   *
   * @param parser a session whose parser is that of the clients' sessions
   */
  RequestGuard(GuardedReading reading, SparkSession parser) {
    this.reading = reading;
    this.parser = parser;
  }

  /**
   * Looks at a call before it has brought anything.
   *
   * @param name such as "ExecutePlan"
   * @throws MedallionException if it is not answered
   */
  void requireCall(String name) {
    if (!AllowedCalls.call(name)) {
      throw refused("The call " + name);
    }
  }

  /**
   * Looks at a request.
   *
   * @throws MedallionException if it would do more than read tables of ours and compute
   */
  void require(Message message) {
    boolean entry = message.getDescriptorForType().getOptions().getMapEntry();
    if (!entry && !AllowedCalls.message(message.getDescriptorForType().getFullName())) {
      throw refused(message.getDescriptorForType().getName());
    }
    requireNames(message);
    message.getAllFields().values().forEach(this::requireValue);
  }

  private void requireValue(Object value) {
    if (value instanceof Message part) {
      require(part);
    } else if (value instanceof Iterable<?> parts) {
      parts.forEach(this::requireValue);
    }
  }

  /** What a message says in words, which Spark would look up or read as SQL. */
  private void requireNames(Message message) {
    if (message instanceof SQL sql) {
      reading.requireQuery(parser, sql.getQuery());
    } else if (message instanceof SqlCommand command) {
      requireOldStatement(command);
    } else if (message instanceof Expression.ExpressionString expression) {
      reading.requireExpression(parser, expression.getExpression());
    } else if (message instanceof Expression.UnresolvedFunction function) {
      reading.requireFunction(function.getFunctionName());
    } else if (message instanceof CallFunction function) {
      reading.requireFunction(function.getFunctionName());
    } else if (message instanceof UnresolvedTableValuedFunction function) {
      reading.requireFunction(function.getFunctionName());
    } else if (message instanceof Read read && read.getIsStreaming()) {
      throw refused("A stream");
    } else if (message instanceof Read.NamedTable table) {
      requireTable(table);
    } else if (message instanceof LocalRelation rows) {
      requireNoClass(rows.getSchema());
    } else if (message instanceof ConfigRequest.Operation operation) {
      requireSettings(operation);
    }
  }

  /** Clients of before Spark 4 name the statement itself, others a relation that holds it. */
  private void requireOldStatement(SqlCommand command) {
    @SuppressWarnings("deprecation")
    String sql = command.getSql();
    if (!sql.isEmpty()) {
      reading.requireQuery(parser, sql);
    }
  }

  private void requireTable(Read.NamedTable table) {
    reading.requireTable(parser, table.getUnparsedIdentifier());
    for (String option : table.getOptionsMap().keySet()) {
      if (!TIME_TRAVEL.contains(option.toLowerCase(Locale.ROOT))) {
        throw refused("The option %s of a table".formatted(option));
      }
    }
  }

  /** Spark reads a schema as JSON too, and in JSON a type may be a class, which it loads. */
  private static void requireNoClass(String schema) {
    if (schema.contains("\"udt\"") || schema.contains("\\u")) {
      throw refused("A type that is a class");
    }
  }

  private static void requireSettings(ConfigRequest.Operation operation) {
    Stream.of(
            operation.getGet().getKeysList().stream(),
            operation.getGetOption().getKeysList().stream(),
            operation.getIsModifiable().getKeysList().stream(),
            operation.getGetWithDefault().getPairsList().stream().map(KeyValue::getKey))
        .flatMap(keys -> keys)
        .filter(key -> !AllowedCalls.readable(key))
        .findFirst()
        .ifPresent(
            key -> {
              throw refused("A look at the setting " + key);
            });
    operation.getSet().getPairsList().stream()
        .map(KeyValue::getKey)
        .filter(key -> !AllowedCalls.settable(key))
        .findFirst()
        .ifPresent(
            key -> {
              throw refused("A change of the setting " + key);
            });
  }

  private static MedallionException refused(String what) {
    return GuardedReading.refused("%s is not among what a reader may send".formatted(what));
  }
}
