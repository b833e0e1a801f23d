package io.medallion.e2e.architecture.planted.silver;

/** What a neighbour should not see. */
public record Looked(java.sql.Connection database) {}
