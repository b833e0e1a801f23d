/** The marts that files declare, next to those that Postgres has. */
package io.medallion.operations.marts;
