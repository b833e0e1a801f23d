/**
 * Bronze as silver's source: its versions in bounded chunks, ranges of its commits, and silver's
 * position and counters.
 */
package io.medallion.silver.source;
