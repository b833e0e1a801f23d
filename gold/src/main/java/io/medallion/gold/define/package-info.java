/**
 * From the text of a SELECT to a mart: parsed and analysed by Spark, refused if it cannot converge,
 * and turned into partial aggregates, tables and statements.
 */
package io.medallion.gold.define;
