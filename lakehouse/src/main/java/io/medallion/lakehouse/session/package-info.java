/**
 * Creates the Spark session and switches it between the settings of small live batches and of large
 * drains.
 */
package io.medallion.lakehouse.session;
