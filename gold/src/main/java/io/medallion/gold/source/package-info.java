/** Silver as gold's source: ranges of versions, snapshots, and which versions replaced rows. */
package io.medallion.gold.source;
