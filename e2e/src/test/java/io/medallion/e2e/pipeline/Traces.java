package io.medallion.e2e.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Looks for texts in every file of a lake, and in every row of a database. */
final class Traces {
  private Traces() {}

  /**
   * The files of a lake that hold one of some texts: in their bytes, or, where they are Parquet, in
   * what these say, whether a version reads the file or none does.
   */
  static List<String> inFiles(SparkSession spark, Path lake, List<String> texts)
      throws IOException {
    List<String> found = new ArrayList<>();
    // Delta refuses to have one of its files read as what it is.
    SparkSession plain = spark.newSession();
    plain.conf().set("spark.databricks.delta.formatCheck.enabled", "false");
    try (Stream<Path> all = Files.walk(lake)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        List<String> said = new ArrayList<>(List.of(bytes));
        if (file.toString().endsWith(".parquet")) {
          Dataset<Row> rows = plain.read().parquet(file.toString());
          rows.selectExpr("to_json(struct(*), map('ignoreNullFields', 'true'))")
              .collectAsList()
              .forEach(row -> said.add(row.getString(0)));
          if (List.of(rows.columns()).contains("value")) {
            rows.selectExpr(
                    "concat_ws(' ', cast(key as string), cast(value as string), cast(headers as string))")
                .collectAsList()
                .forEach(row -> said.add(row.getString(0)));
          }
        }
        for (String text : texts) {
          String raw =
              new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
          if (said.stream().anyMatch(s -> s.contains(text) || s.contains(raw))) {
            found.add(lake.relativize(file) + ": " + text);
          }
        }
      }
    }
    return found;
  }

  /** The tables of a database, in whatever schema, that hold one of some texts. */
  static List<String> inDatabase(Connection connection, List<String> texts) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
                    + " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN"
                    + " ('pg_catalog', 'information_schema')")) {
      while (result.next()) {
        tables.add(result.getString(1));
      }
    }
    List<String> found = new ArrayList<>();
    for (String table : tables) {
      for (String text : texts) {
        try (Statement statement = connection.createStatement();
            ResultSet result =
                statement.executeQuery(
                    "SELECT count(*) FROM %s t WHERE strpos(t::text, '%s') > 0"
                        .formatted(table, text))) {
          result.next();
          if (result.getLong(1) > 0) {
            found.add(table + ": " + text);
          }
        }
      }
    }
    return found;
  }
}
