package io.medallion.silver.parse;

import io.medallion.common.contract.ContractRule;
import io.medallion.common.event.Excerpt;
import io.medallion.common.event.Reason;
import io.medallion.common.event.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeArrayWriter;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/** Computes what a contract says of one event after the other. Used by one thread. */
final class ContractEvaluator {
  private static final int BYTES_OF_ADDRESS = 8;

  /** Of a reason's text. */
  private static final int MOST_CHARACTERS = 200;

  private final ContractExpressions contract;
  private final String[] columnNames;
  private final DataType[] types;
  private final int flags;
  private final List<UnsafeProjection> stages = new ArrayList<>();
  private final UnsafeProjection broken;
  private final UTF8String[] ruleNames;
  private final List<ContractRule> redacting = new ArrayList<>();

  /**
   * @param silver the columns of a row
   * @param flags which of them holds the flags
   */
  ContractEvaluator(ContractExpressions contract, StructType silver, int flags) {
    this.contract = contract;
    this.columnNames = silver.fieldNames();
    this.types = new DataType[silver.length()];
    for (int i = 0; i < types.length; i++) {
      types[i] = silver.fields()[i].dataType();
    }
    this.flags = flags;
    contract.stages().forEach(stage -> stages.add(projection(stage.expressions())));
    this.broken = projection(contract.broken());
    this.ruleNames =
        contract.rules().stream()
            .map(rule -> UTF8String.fromString(rule.name()))
            .toArray(UTF8String[]::new);
  }

  private static UnsafeProjection projection(List<Expression> expressions) {
    return UnsafeProjection.create(CollectionConverters.asScala(expressions).toSeq());
  }

  /** The rules that take fields out of the event of the last row. A view. */
  List<ContractRule> redacting() {
    return redacting;
  }

  /**
   * Completes a row, all of whose other columns are written.
   *
   * @param flags that the event has already
   * @return why it is no event; empty if it is one
   */
  List<Reason> complete(UnsafeRowWriter row, List<String> flags) {
    redacting.clear();
    List<Reason> reasons = new ArrayList<>();
    for (int stage = 0; stage < stages.size(); stage++) {
      compute(stage, row, reasons);
      if (!reasons.isEmpty()) {
        return reasons;
      }
    }
    judge(row, flags, reasons);
    return reasons;
  }

  private void compute(int number, UnsafeRowWriter row, List<Reason> reasons) {
    ContractExpressions.Stage stage = contract.stages().get(number);
    UnsafeRow values;
    try {
      values = stages.get(number).apply(row.getRow());
    } catch (RuntimeException e) {
      for (int i = 0; i < stage.columns().size(); i++) {
        addFailure(stage.expressions().get(i), row, columnNames[stage.columns().get(i)], reasons);
      }
      requireFound(reasons, e);
      return;
    }
    for (int i = 0; i < stage.columns().size(); i++) {
      write(row, stage.columns().get(i), values, i);
    }
  }

  private void judge(UnsafeRowWriter row, List<String> given, List<Reason> reasons) {
    UnsafeRow isBroken;
    try {
      isBroken = broken.apply(row.getRow());
    } catch (RuntimeException e) {
      for (int i = 0; i < ruleNames.length; i++) {
        addFailure(contract.broken().get(i), row, contract.rules().get(i).name(), reasons);
      }
      requireFound(reasons, e);
      return;
    }
    List<UTF8String> flagged = List.of();
    for (int i = 0; i < ruleNames.length; i++) {
      if (isBroken.getBoolean(i)) {
        ContractRule rule = contract.rules().get(i);
        if (rule.refuses()) {
          reasons.add(
              new Reason(
                  rule.isRedactingAll() ? ReasonCode.REDACTED : ReasonCode.RULE_BROKEN,
                  rule.name(),
                  "it is false that " + Excerpt.of(rule.check(), MOST_CHARACTERS)));
        } else {
          if (!rule.fields().isEmpty()) {
            redacting.add(rule);
          }
          flagged = flagged.isEmpty() ? new ArrayList<>() : flagged;
          flagged.add(ruleNames[i]);
        }
      }
    }
    // Of one that is refused too: what was an event before stays one, with its flags.
    writeFlags(row, flags, given, flagged);
  }

  /**
   * Writes the flags of a row.
   *
   * @param column of the flags
   * @param given of values that were dropped or rounded
   * @param broken the names of rules that flag
   */
  static void writeFlags(
      UnsafeRowWriter row, int column, List<String> given, List<UTF8String> broken) {
    int all = given.size() + broken.size();
    if (all == 0) {
      row.setNullAt(column);
      return;
    }
    int before = row.cursor();
    UnsafeArrayWriter names = new UnsafeArrayWriter(row, BYTES_OF_ADDRESS);
    names.initialize(all);
    int next = 0;
    for (String flag : given) {
      names.write(next++, UTF8String.fromString(flag));
    }
    for (UTF8String flag : broken) {
      names.write(next++, flag);
    }
    row.setOffsetAndSizeFromPreviousCursor(column, before);
  }

  /** An event on which an expression fails is none; the layer goes on. */
  private static void addFailure(
      Expression expression, UnsafeRowWriter row, String name, List<Reason> reasons) {
    try {
      expression.eval(row.getRow());
    } catch (RuntimeException e) {
      reasons.add(
          new Reason(
              ReasonCode.EXPRESSION_FAILED,
              name,
              Excerpt.of(String.valueOf(e.getMessage()), MOST_CHARACTERS)));
    }
  }

  private static void requireFound(List<Reason> reasons, RuntimeException e) {
    if (reasons.isEmpty()) {
      throw e;
    }
  }

  private void write(UnsafeRowWriter row, int column, InternalRow values, int place) {
    DataType type = types[column];
    if (values.isNullAt(place)) {
      row.setNullAt(column);
    } else if (type instanceof StringType) {
      row.write(column, values.getUTF8String(place));
    } else if (type instanceof DecimalType decimal) {
      int precision = decimal.precision();
      int scale = decimal.scale();
      row.write(column, values.getDecimal(place, precision, scale), precision, scale);
    } else if (type instanceof ArrayType) {
      int before = row.cursor();
      row.write((UnsafeArrayData) values.getArray(place));
      row.setOffsetAndSizeFromPreviousCursor(column, before);
    } else if (type.equals(DataTypes.BooleanType)) {
      row.write(column, values.getBoolean(place));
    } else if (type.equals(DataTypes.IntegerType) || type.equals(DataTypes.DateType)) {
      row.write(column, values.getInt(place));
    } else {
      row.write(column, values.getLong(place));
    }
  }
}
