package io.medallion.common.contract;

/**
 * An error in a contract's file.
 *
 * @param place where it is
 * @param wrong what is wrong and what would be right
 */
public record ContractProblem(Place place, String wrong) {
  @Override
  public String toString() {
    return place + ": " + wrong;
  }
}
