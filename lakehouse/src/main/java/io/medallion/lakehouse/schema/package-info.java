/** Names, types and layout of the three Delta tables. No code that reads or writes them. */
package io.medallion.lakehouse.schema;
