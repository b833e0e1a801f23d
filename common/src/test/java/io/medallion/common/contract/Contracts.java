package io.medallion.common.contract;

/** Contracts for tests of other packages. */
public final class Contracts {
  private Contracts() {}

  /** Of a text. */
  public static Contract of(String yaml) {
    return ContractReader.user("c.yaml", yaml);
  }
}
