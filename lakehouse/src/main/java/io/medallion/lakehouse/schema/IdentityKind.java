package io.medallion.lakehouse.schema;

/** What identifies a row of a table, of which its files keep hashes for whoever looks rows up. */
public enum IdentityKind {
  /** Rows are not looked up, and files keep nothing. */
  NONE(null),

  /** Its id and its time. */
  ID_AND_TIME("medallion.identities"),

  /** Its id, at times that are near each other. */
  ID("medallion.ids");

  private final String tag;

  IdentityKind(String tag) {
    this.tag = tag;
  }

  /** What a file's entry in the log calls the place of the hashes in the file; null if of none. */
  public String tag() {
    return tag;
  }
}
