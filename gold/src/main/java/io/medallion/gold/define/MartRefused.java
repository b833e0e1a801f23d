package io.medallion.gold.define;

import io.medallion.gold.mart.MartRefusal;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.trees.Origin;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** A file says something that cannot be kept exact, or cannot be read. */
public final class MartRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient MartRefusal refusal;

  MartRefused(String file, Position position, String problem, String reason, String remedy) {
    this(new MartRefusal(file, position.line(), position.column(), problem, reason, remedy, false));
  }

  private MartRefused(MartRefusal refusal) {
    super(refusal.toString());
    this.refusal = refusal;
  }

  /**
   * A place in a file.
   *
   * @param line from 1
   * @param column from 1
   */
  record Position(int line, int column) {
    static final Position START = new Position(1, 1);

    /** As Spark counts: lines from 1, characters of a line from 0. */
    static Position of(Option<?> line, Option<?> character) {
      return new Position(number(line, 1), 1 + number(character, 0));
    }

    /** Where a node, or the first below it that knows, was written. */
    static Position of(TreeNode<?> node) {
      Origin origin = node.origin();
      if (origin.line().isDefined()) {
        return of(origin.line(), origin.startPosition());
      }
      for (Object child : CollectionConverters.asJava(node.children())) {
        Position position = of((TreeNode<?>) child);
        if (!position.equals(START)) {
          return position;
        }
      }
      return START;
    }

    /** The last line on which something of an expression was written. */
    static int lastLine(Expression expression) {
      return Expressions.nodes(expression).stream()
          .mapToInt(node -> number(node.origin().line(), 0))
          .max()
          .orElse(0);
    }

    private static int number(Option<?> number, int otherwise) {
      return number.isDefined() ? (Integer) number.get() : otherwise;
    }
  }

  /** What is wrong, and where. */
  public MartRefusal refusal() {
    return refusal;
  }
}
