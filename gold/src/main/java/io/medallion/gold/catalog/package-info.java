/** Gold's tables as a Spark catalog, read by the reader role. */
package io.medallion.gold.catalog;
