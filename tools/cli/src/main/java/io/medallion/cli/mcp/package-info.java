/** Gold for assistants: the Model Context Protocol over standard input and output, reading only. */
package io.medallion.cli.mcp;
