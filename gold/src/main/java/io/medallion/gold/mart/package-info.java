/**
 * What is counted: one class per mart with its key, its partial aggregate and its definition. No
 * JDBC connections, no Spark.
 */
package io.medallion.gold.mart;
