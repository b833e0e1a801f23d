/**
 * Adapters to Spark's internal interfaces: datasets of internal rows, hashes, and the settings of a
 * session. What changes with a Spark release changes here.
 */
package io.medallion.lakehouse.spark;
