package io.medallion.demo.services;

import java.nio.file.Path;

/** A process that owns services until its input ends or somebody kills it. */
final class ServicesOwner {
  private ServicesOwner() {}

  public static void main(String[] arguments) throws Exception {
    Services services =
        Services.start(ServicesSettings.in(Path.of(arguments[0]), Path.of(arguments[1])));
    System.out.println(
        "pids " + services.kafka().process().pid() + " " + services.postgres().process().pid());
    while (System.in.read() >= 0) {
      // Until the end.
    }
    services.close();
  }
}
