/**
 * Columns that are looked up or derived: place by IP address, device by user agent, traffic source
 * by referrer. The only place that knows MaxMind's library.
 */
package io.medallion.silver.enrich;
