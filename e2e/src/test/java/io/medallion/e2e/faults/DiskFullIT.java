package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.traffic.TrafficSettings.Shares;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Not a byte of space is left where a layer writes, and then there is some again. */
@Tag("full")
class DiskFullIT {
  private static final int RATE = 100;

  @TempDir Path folder;
  private final List<SmallDisk> disks = new ArrayList<>();

  @BeforeEach
  void mount() throws Exception {
    disks.add(SmallDisk.mount(folder.resolve("lake/bronze"), 64));
    disks.add(SmallDisk.mount(folder.resolve("lake/silver"), 64));
    disks.add(SmallDisk.mount(folder.resolve("postgres"), 512));
    disks.add(SmallDisk.mount(folder.resolve("lake/_checkpoints"), 16));
  }

  @AfterEach
  void unmount() throws Exception {
    for (SmallDisk disk : disks) {
      disk.close();
    }
  }

  @Test
  void aFullDiskLosesNothingAndNeedsNoMoreThanSpace() throws Exception {
    new FaultRun("disk-full", RATE, Shares.USUAL)
        .under(
            folder,
            (chain, random) -> {
              fillUnder(chain, "bronze", disks.get(0));
              fillUnder(chain, "silver", disks.get(1));
              fillUnder(chain, "gold", disks.get(2));
              for (String layer : FaultyChain.LAYERS) {
                fillUnder(chain, layer, disks.get(3));
              }
              return "6 full disks";
            });
  }

  private static void fillUnder(FaultyChain chain, String name, SmallDisk disk) throws Exception {
    LayerProcess layer = chain.layer(name);
    long before = layer.failures();
    disk.fill();
    await().atMost(FaultyChain.PATIENCE).until(() -> layer.failures() > before);
    disk.empty();
    long batches = layer.batches();
    await().atMost(FaultyChain.PATIENCE).until(() -> layer.batches() > batches);
    assertThat(layer.alive()).isTrue();
  }
}
