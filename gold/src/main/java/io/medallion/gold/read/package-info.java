/** What the command line and the dashboard read from gold, by the reader role. No Spark. */
package io.medallion.gold.read;
