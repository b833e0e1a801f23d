/**
 * Record to event: parsing, validation, enrichment, and the rows of the quarantine table. Holds a
 * parsed batch until it is written.
 */
package io.medallion.silver.parse;
