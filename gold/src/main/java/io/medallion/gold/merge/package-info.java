/**
 * The merge transaction: marts, ledger, retention and replaced ranges move together, or not at all.
 */
package io.medallion.gold.merge;
