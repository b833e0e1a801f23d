package io.medallion.e2e.architecture.planted.common;

import io.medallion.e2e.architecture.planted.demo.Visitor;
import org.apache.spark.sql.SparkSession;

/** The bottom that looks up, and knows Spark. */
public record Upward(SparkSession session, Visitor above) {}
