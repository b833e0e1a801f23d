package io.medallion.lakehouse.schema;

import io.medallion.common.contract.ColumnType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** A contract's types as a table stores them. */
public final class ContractTypes {
  private ContractTypes() {}

  /** The type of the column in a table. */
  public static DataType stored(ColumnType type) {
    return switch (type.kind()) {
      case STRING -> DataTypes.StringType;
      case INT -> DataTypes.IntegerType;
      case LONG -> DataTypes.LongType;
      case DECIMAL -> DataTypes.createDecimalType(type.precision(), type.scale());
      case BOOLEAN -> DataTypes.BooleanType;
      case TIMESTAMP -> DataTypes.TimestampType;
      case DATE -> DataTypes.DateType;
      case STRINGS -> DataTypes.createArrayType(DataTypes.StringType);
    };
  }
}
