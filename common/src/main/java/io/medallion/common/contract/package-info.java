/**
 * What an event is, as data: columns, rules, and the YAML files that declare them. Knows neither
 * JSON nor Spark; {@code event} reads events by it.
 */
package io.medallion.common.contract;
