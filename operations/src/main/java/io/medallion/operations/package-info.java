/**
 * Operations that see every layer: status, backfill, quarantine, maintenance. They know no
 * terminal.
 */
package io.medallion.operations;
