/**
 * Alerts that files declare next to marts: read, judged in a merge's own transaction, and told to
 * whoever is to know. Knows marts by their tables alone; what merges comes in and calls it.
 */
package io.medallion.gold.alert;
