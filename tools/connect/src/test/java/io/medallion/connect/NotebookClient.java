package io.medallion.connect;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a notebook does, good and bad, by Spark's own client; a process of its own. Prints a line
 * {@code name: answer} for each, and an answer that begins with "refused" for an error.
 */
final class NotebookClient {
  private NotebookClient() {}

  /** Takes the server's address, the lake's folder and one outside it. */
  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().remote(args[0]).getOrCreate();
    reads(spark).forEach(NotebookClient::answer);
    attempts(spark, args[1], args[2]).forEach(NotebookClient::answer);
    System.exit(0);
  }

  private static void answer(String name, Callable<Object> question) {
    String answer;
    try {
      answer = String.valueOf(question.call());
    } catch (Exception e) {
      answer = "refused " + e;
    }
    System.out.println(name + ": " + answer.replace("\n", " | "));
  }

  private static Map<String, Callable<Object>> reads(SparkSession spark) {
    Map<String, Callable<Object>> reads = new LinkedHashMap<>();
    reads.put("version", spark::version);
    for (String table : List.of("bronze", "silver", "quarantine")) {
      reads.put(table, () -> spark.table(table).count());
      reads.put(
          table + " by SQL", () -> spark.sql("SELECT count(*) FROM " + table).first().getLong(0));
      reads.put(
          table + " as it was",
          () ->
              spark
                  .sql("SELECT count(*) FROM %s VERSION AS OF 0".formatted(table))
                  .first()
                  .getLong(0));
      reads.put(
          table + " as it was, by option",
          () -> spark.read().option("versionAsOf", 0).table(table).count());
    }
    reads.put(
        "grouped",
        () ->
            spark
                .table("bronze")
                .where(col("offset").gt(0).and(col("topic").isin("t", "u")))
                .groupBy("topic")
                .agg(count(lit(1)).as("records"), max("offset").as("newest"), sum("partition"))
                .orderBy(col("records").desc())
                .collectAsList());
    reads.put(
        "joined",
        () ->
            spark
                .table("bronze")
                .as("b")
                .join(spark.table("silver").as("s"), expr("b.offset = s.offset"), "left")
                .selectExpr("count(*) AS n", "sum(CASE WHEN s.offset IS NULL THEN 1 ELSE 0 END)")
                .collectAsList());
    reads.put(
        "pivoted",
        () -> spark.table("bronze").groupBy("topic").pivot("partition").count().collectAsList());
    reads.put("described", () -> spark.table("bronze").describe("offset").count());
    reads.put("filled", () -> spark.table("bronze").select("offset").na().fill(7).count());
    reads.put("schema", () -> spark.table("bronze").schema().simpleString());
    reads.put(
        "rows of its own",
        () ->
            spark
                .createDataFrame(
                    List.of(RowFactory.create("t", "name")),
                    new StructType()
                        .add("topic", DataTypes.StringType)
                        .add("name", DataTypes.StringType))
                .join(spark.table("bronze"), "topic")
                .count());
    reads.put(
        "time zone",
        () -> {
          spark.conf().set("spark.sql.session.timeZone", "Asia/Tokyo");
          return spark.sql("SELECT current_timezone()").first().getString(0);
        });
    return reads;
  }

  private static Map<String, Callable<Object>> attempts(
      SparkSession spark, String lake, String outside) {
    Dataset<Row> rows = spark.table("bronze");
    Map<String, Callable<Object>> attempts = new LinkedHashMap<>();
    attempts.put("insert", () -> spark.sql("INSERT INTO bronze SELECT * FROM bronze").count());
    attempts.put("delete", () -> spark.sql("DELETE FROM bronze").count());
    attempts.put("set", () -> spark.sql("SET spark.sql.runSQLOnFiles=true").count());
    attempts.put("append", () -> done(() -> rows.write().mode(SaveMode.Append).saveAsTable("x")));
    attempts.put("insert into", () -> done(() -> rows.write().insertInto("bronze")));
    attempts.put("save", () -> done(() -> rows.write().parquet(lake + "/written")));
    attempts.put("append v2", () -> done(() -> rows.writeTo("bronze").append()));
    attempts.put("view", () -> done(() -> rows.createTempView("v")));
    attempts.put("file", () -> spark.read().text(outside + "/passwords").collectAsList());
    attempts.put(
        "table outside", () -> spark.read().format("delta").load(outside + "/table").count());
    attempts.put("file as table", () -> spark.table("text.`" + outside + "/passwords`").count());
    attempts.put("option", () -> spark.read().option("path", outside).table("bronze").count());
    attempts.put("java", () -> rows.selectExpr("reflect('java.lang.System', 'exit', 1)").count());
    attempts.put("cache", () -> rows.cache().count());
    attempts.put("catalog", () -> spark.catalog().listTables().count());
    attempts.put("stream", () -> spark.readStream().table("bronze").writeStream().start());
    attempts.put("setting", () -> spark.conf().get("spark.sql.catalog.gold.password"));
    attempts.put("settings", () -> spark.conf().getAll());
    attempts.put(
        "code",
        () ->
            rows.select(
                    udf((UDF1<String, String>) text -> text + "!", DataTypes.StringType)
                        .apply(col("topic")))
                .count());
    attempts.put(
        "function",
        () ->
            done(
                () ->
                    spark
                        .udf()
                        .register(
                            "f", (UDF1<String, String>) text -> text + "!", DataTypes.StringType)));
    attempts.put("artifact", () -> done(() -> spark.addArtifact(outside + "/code.jar")));
    attempts.put("checkpoint", () -> rows.localCheckpoint().count());
    return attempts;
  }

  /** What may throw anything. */
  private interface Attempt {
    void run() throws Exception;
  }

  private static Object done(Attempt attempt) throws Exception {
    attempt.run();
    return "done";
  }
}
