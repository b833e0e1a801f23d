package io.medallion.common.contract;

import java.io.Serializable;
import java.time.ZoneId;

/**
 * One of several sites or apps, whose events one lake holds.
 *
 * @param name as events give it, or their topic's
 * @param zone by whose clocks its days begin
 * @param place where it is declared
 */
public record Site(String name, ZoneId zone, Place place) implements Serializable {}
