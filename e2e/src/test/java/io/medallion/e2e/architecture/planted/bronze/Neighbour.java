package io.medallion.e2e.architecture.planted.bronze;

import io.medallion.e2e.architecture.planted.silver.Looked;

/** A layer that imports another. */
record Neighbour(Looked silver) {}
