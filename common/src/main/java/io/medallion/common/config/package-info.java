/**
 * Settings: every key with its default, the sources they come from, and how values are parsed.
 * Knows no Spark.
 */
package io.medallion.common.config;
