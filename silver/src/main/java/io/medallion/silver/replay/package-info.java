/**
 * Backfill and quarantine replay: derives days again from bronze and writes what differs next to
 * the running layers.
 */
package io.medallion.silver.replay;
