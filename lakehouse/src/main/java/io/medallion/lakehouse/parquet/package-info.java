/**
 * Writes Spark's internal rows to Parquet data files without Spark's writer. With {@code
 * lakehouse.delta} the only place that knows Parquet's classes.
 */
package io.medallion.lakehouse.parquet;
