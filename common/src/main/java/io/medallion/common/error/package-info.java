/**
 * Errors for users (problem, cause, remedy and a code that docs/runbook.md explains) and exit
 * codes.
 */
package io.medallion.common.error;
