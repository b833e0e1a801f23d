package io.medallion.cli.demo;

import io.medallion.demo.services.ServicesSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a demo is asked for.
 *
 * @param services where its broker and database live, and where it announces them
 * @param rate records a second
 * @param users how many people the simulator acts out
 * @param seed what chance begins with
 * @param duration how long there is traffic; zero for until stopped
 * @param terminal whether a person looks on, so that the display is refreshed in place
 * @param log where the program's log goes, to be named where something fails
 */
public record DemoSettings(
    ServicesSettings services,
    double rate,
    int users,
    long seed,
    Duration duration,
    boolean terminal,
    Path log) {
  boolean endsByItself() {
    return !duration.isZero();
  }
}
