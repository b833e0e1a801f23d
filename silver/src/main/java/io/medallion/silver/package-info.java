/**
 * The silver job: one step reads bronze, parses, deduplicates and commits. Rules live in the
 * packages below.
 */
package io.medallion.silver;
