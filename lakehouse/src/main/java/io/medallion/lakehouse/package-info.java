/**
 * The lake: its folder, its tables, locks and replay journal. Everything that opens a table starts
 * at {@link io.medallion.lakehouse.Lake}.
 */
package io.medallion.lakehouse;
