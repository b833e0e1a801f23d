/**
 * The session of {@code medallion query}: a catalog of the lake's tables, and settings by which it
 * can neither write nor read outside the lake.
 */
package io.medallion.lakehouse.query;
