package io.medallion.silver.parse;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ContractProblem;
import io.medallion.common.contract.ContractRule;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.SqlExpressions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What a contract computes of an event's other columns: columns, in stages of which each needs
 * those before it, and what its rules say of the whole.
 *
 * @param stages of columns
 * @param rules all of the contract's
 * @param broken for each rule the condition under which an event breaks it
 */
public record ContractExpressions(
    List<Stage> stages, List<ContractRule> rules, List<Expression> broken) implements Serializable {
  /** What is known only once an event is judged. */
  private static final Set<String> NOT_SEEN =
      Set.of(
          SilverColumns.FLAGS,
          SilverColumns.RULES_VERSION,
          SilverColumns.CONTRACT_VERSION,
          SilverColumns.FINGERPRINT);

  /**
   * Columns that need no other of them.
   *
   * @param columns their numbers in silver
   */
  record Stage(List<Expression> expressions, List<Integer> columns) implements Serializable {}

  /** Whether there is nothing to compute. */
  boolean isEmpty() {
    return stages.isEmpty() && rules.isEmpty();
  }

  /**
   * Resolves a contract's expressions.
   *
   * @param silver the table's columns
   * @throws io.medallion.common.error.MedallionException with every one that is not right, and its
   *     place
   */
  public static ContractExpressions of(Contract contract, StructType silver, SparkSession session) {
    return new Resolving(contract, silver, session).all();
  }

  /** Resolves what can be, until nothing is left. */
  private static final class Resolving {
    private final Contract contract;
    private final StructType silver;
    private final SparkSession session;
    private final List<ContractProblem> problems = new ArrayList<>();
    private final List<Stage> stages = new ArrayList<>();

    Resolving(Contract contract, StructType silver, SparkSession session) {
      this.contract = contract;
      this.silver = silver;
      this.session = session;
    }

    ContractExpressions all() {
      List<ContractColumn> open = new ArrayList<>(contract.computed());
      while (!open.isEmpty()) {
        List<ContractColumn> left = stage(open);
        if (left.size() == open.size()) {
          open.forEach(this::wrong);
          break;
        }
        open = left;
      }
      List<Expression> broken = problems.isEmpty() ? broken() : List.of();
      if (!problems.isEmpty()) {
        problems.sort(Comparator.comparingInt(problem -> problem.place().line()));
        throw Contract.invalid(contract.file(), problems);
      }
      return new ContractExpressions(stages, contract.rules(), broken);
    }

    /** Takes the columns that need none of the others; what is left. */
    private List<ContractColumn> stage(List<ContractColumn> open) {
      StructType seen = seen(open);
      List<ContractColumn> left = new ArrayList<>();
      List<Expression> expressions = new ArrayList<>();
      List<Integer> places = new ArrayList<>();
      for (ContractColumn column : open) {
        int place = silver.fieldIndex(column.name());
        try {
          expressions.add(resolve(seen, column.expr(), silver.fields()[place].dataType()));
          places.add(place);
        } catch (IllegalArgumentException e) {
          left.add(column);
        }
      }
      if (!places.isEmpty()) {
        stages.add(new Stage(expressions, places));
      }
      return left;
    }

    /** Says what is wrong with a column that could not be resolved before all others were. */
    private void wrong(ContractColumn column) {
      DataType type = silver.apply(column.name()).dataType();
      try {
        resolve(seen(List.of(column)), column.expr(), type);
        problems.add(
            new ContractProblem(
                column.place(),
                "%s is computed of columns that are computed of it, or cannot be; take it out of their expr"
                    .formatted(column.name())));
      } catch (IllegalArgumentException e) {
        problems.add(
            new ContractProblem(
                column.place(), "the expr of %s: %s".formatted(column.name(), e.getMessage())));
      }
    }

    private StructType seen(List<ContractColumn> without) {
      Set<String> hidden = new HashSet<>(NOT_SEEN);
      without.forEach(column -> hidden.add(column.name()));
      StructType seen = new StructType();
      for (StructField field : silver.fields()) {
        if (!hidden.contains(field.name())) {
          seen = seen.add(field.name(), field.dataType());
        }
      }
      return seen;
    }

    private List<Expression> broken() {
      StructType seen = seen(List.of());
      List<Expression> broken = new ArrayList<>();
      for (ContractRule rule : contract.rules()) {
        boolean isRight = isCondition(rule, "check", rule.check(), seen);
        if (rule.when() != null) {
          isRight &= isCondition(rule, "when", rule.when(), seen);
        }
        if (isRight) {
          broken.add(resolve(seen, condition(rule), DataTypes.BooleanType));
        }
      }
      return broken;
    }

    private boolean isCondition(ContractRule rule, String key, String sql, StructType seen) {
      String wrong = wrong(sql, seen);
      if (wrong == null && !rule.fields().isEmpty()) {
        StructType left = new StructType();
        for (StructField field : seen.fields()) {
          left = rule.fields().contains(field.name()) ? left : left.add(field);
        }
        wrong = wrong(sql, left);
        if (wrong != null) {
          wrong += "; a rule asks for nothing that it redacts, as nobody could prove it";
        }
      }
      if (wrong != null) {
        problems.add(
            new ContractProblem(
                rule.place(), "the %s of %s: %s".formatted(key, rule.name(), wrong)));
      }
      return wrong == null;
    }

    /** What is wrong with a condition; null if nothing is. */
    private String wrong(String sql, StructType seen) {
      try {
        resolve(seen, sql, DataTypes.BooleanType);
        return null;
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }

    private Expression resolve(StructType seen, String sql, DataType type) {
      return SqlExpressions.resolve(session, seen, silver, sql, type);
    }
  }

  /** The SQL condition under which a row of silver breaks a rule: it is for it, and false. */
  public static String condition(ContractRule rule) {
    // A line's end, as an expression may end in a comment.
    String fails = "((%s\n) IS FALSE)".formatted(rule.check());
    return rule.when() == null ? fails : "((%s\n) IS TRUE) AND %s".formatted(rule.when(), fails);
  }
}
