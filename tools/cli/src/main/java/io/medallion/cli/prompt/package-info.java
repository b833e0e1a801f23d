/** A prompt for statements: editing, history and completion, by JLine. */
package io.medallion.cli.prompt;
