/**
 * Exact deduplication: identities, the lookup of those that silver holds, and the result for each
 * candidate. The rule itself is plain Java.
 */
package io.medallion.silver.dedup;
