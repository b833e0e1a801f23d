package io.medallion.cli.mcp;

import com.fasterxml.jackson.databind.JsonNode;

/** Something that an assistant may ask for. */
@FunctionalInterface
public interface Tool {
  /**
   * Answers.
   *
   * @param arguments an object, as the tool's input schema has it
   * @return the answer, JSON as text
   * @throws ToolException if the question is none for it, or cannot be answered now
   */
  String call(JsonNode arguments) throws ToolException;

  /** What an assistant is told of a question that was not answered. */
  final class ToolException extends Exception {
    private static final long serialVersionUID = 1;

    /** One, with what is wrong and what would be right. */
    public ToolException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
