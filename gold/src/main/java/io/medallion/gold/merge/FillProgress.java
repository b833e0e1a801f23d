package io.medallion.gold.merge;

/**
 * How much is in gold of the version of silver that it is being made of. Files are counted in the
 * order in which they are read: first all of them for who is who, if anything depends on it, then
 * all of them for the marts.
 *
 * @param silverTable whose version it is
 * @param version the version
 * @param files how many it has
 * @param linked how many have said who is who
 * @param merged how many are in the marts
 */
record FillProgress(String silverTable, long version, int files, int linked, int merged) {
  boolean isLinked() {
    return linked == files;
  }

  boolean isWhole() {
    return merged == files;
  }

  /** How many files the pass that goes on has behind it. */
  int read() {
    return isLinked() ? merged : linked;
  }

  /** The same after some more. */
  FillProgress plus(int more) {
    return isLinked()
        ? new FillProgress(silverTable, version, files, linked, merged + more)
        : new FillProgress(silverTable, version, files, linked + more, merged);
  }
}
