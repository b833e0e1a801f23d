package io.medallion.e2e.architecture.planted.demo;

import io.medallion.e2e.architecture.planted.common.Upward;
import io.medallion.e2e.architecture.planted.silver.Looked;

/** A demo that imports a layer, and goes in a circle with common. */
public record Visitor(Looked layer, Upward circle) {}
