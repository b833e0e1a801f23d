package io.medallion.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.cli.doctor.Finding.State;
import io.medallion.common.config.Configuration;
import io.medallion.demo.services.RunningServices.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "17.0.10, WRONG",
    "17.0.11, OK",
    "17.0.15+6, OK",
    "18.0.2, NOTE",
    "21.0.2, OK",
    "25, OK",
    "26, NOTE"
  })
  void aJavaIsTestedOrNotOrTooOld(String version, State state) {
    assertThat(Machine.java(Runtime.Version.parse(version), "/jdk").state()).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, WRONG", "8, 3, NOTE", "8, 5, OK"})
  void memoryIsEnoughForALayerOrADemoOrNot(long all, long available, State state) {
    assertThat(Machine.memory(all * GIB, available * GIB).state()).isEqualTo(state);
  }

  @Test
  void aDiskHasRoomIsWritableAndAFolder() throws Exception {
    assertThat(Machine.room("data", folder, 100 * GIB).state()).isEqualTo(State.OK);
    assertThat(Machine.room("data", folder, 3 * GIB).state()).isEqualTo(State.NOTE);
    assertThat(Machine.room("data", folder, GIB / 2))
        .matches(finding -> finding.state() == State.WRONG && finding.remedy().contains("room"));

    assertThat(Machine.disk("data", folder.resolve("not/there/yet")).state())
        .isNotEqualTo(State.WRONG);
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(Machine.disk("data", file.resolve("lake")).text()).endsWith("is a file");
  }

  @Test
  void aPortIsFreeOrThatOfServicesOrSomebodyElses() throws IOException {
    Configuration configuration = Configuration.builder().flag("dashboard.port", "0").build();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(Doctor.ports(port, port, List.of(), configuration))
          .filteredOn(finding -> finding.state() == State.NOTE)
          .hasSize(2)
          .allMatch(finding -> finding.text().contains(port + ", of a demo's "));
      Running ours =
          new Running(
              ProcessHandle.current().pid(),
              folder,
              Map.of("kafka.bootstrap-servers", "127.0.0.1:" + port));
      assertThat(Doctor.ports(port, port, List.of(ours), configuration))
          .allMatch(finding -> finding.state() == State.OK)
          .anyMatch(finding -> finding.text().startsWith("run as process "));
      assertThat(
              Doctor.ports(
                  port,
                  port,
                  List.of(ours),
                  Configuration.builder().flag("dashboard.port", "" + port).build()))
          .anyMatch(finding -> finding.remedy().contains("--dashboard.port=N"));
    }
  }

  @Test
  void whatDoesNotAnswerIsNamedWithItsRemedyAndWhatIsNotSetIsNoFault() {
    assertThat(Doctor.places(Configuration.builder().build()))
        .hasSize(3)
        .allMatch(finding -> finding.state() == State.NOTE)
        .allMatch(finding -> finding.text().endsWith(" is not set"));

    List<Finding> findings =
        Doctor.places(
            Configuration.builder()
                .flag("lake.path", folder.toString())
                .flag("kafka.bootstrap-servers", "127.0.0.1:1")
                .flag("postgres.url", "jdbc:postgresql://127.0.0.1:1/clickstream")
                .flag("silver.geoip.database", folder.resolve("none.mmdb").toString())
                .flag("silver.geoip.asn-database", folder.resolve("no-asn.mmdb").toString())
                .build());
    assertThat(findings)
        .filteredOn(finding -> finding.state() == State.WRONG)
        .extracting(Finding::subject)
        .containsExactly("Kafka", "Postgres", "gold", "file", "file");
    assertThat(findings.get(findings.size() - 1).text())
        .startsWith("silver.geoip.asn-database names ");
    assertThat(findings)
        .filteredOn(finding -> finding.state() == State.WRONG)
        .noneMatch(finding -> finding.remedy().isEmpty());
  }
}
