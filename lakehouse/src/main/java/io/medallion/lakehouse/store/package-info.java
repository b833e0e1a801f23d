/**
 * What a store must guarantee: log stores that never overwrite a commit, and locks and leases
 * between processes. Knows no table.
 */
package io.medallion.lakehouse.store;
