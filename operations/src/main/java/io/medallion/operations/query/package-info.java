/** Reading the tables: SQL, history of versions, difference of two versions. */
package io.medallion.operations.query;
