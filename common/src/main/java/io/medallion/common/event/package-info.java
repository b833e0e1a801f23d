/**
 * The event contract: reads one JSON record, maps its fields, validates every rule and computes the
 * fingerprint of its payload. Plain Java, no Spark: a rule belongs here and nowhere else.
 */
package io.medallion.common.event;
