/** Proves that nothing is lost or counted twice, and explains where a row of gold comes from. */
package io.medallion.operations.verify;
