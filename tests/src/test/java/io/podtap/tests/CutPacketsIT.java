package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a tap cuts by policy counts whole at the sensor, though VXLAN cannot say how long it was.
 */
@RequiresRoot
@RequiresTool("ethtool")
class CutPacketsIT {

  private static final int BODY_BYTES = 200_000;

  @TempDir private Path folder;

  private PodNetwork network;
  private Traffic application;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    application =
        new Traffic()
            .serveHttp(network.pod(), 80, BODY_BYTES)
            .answerDatagrams(network.pod(), 443, 1_200);
  }

  @AfterEach
  void removeNetwork() {
    application.close();
    network.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'--headers-only 80,443 --encapsulation vxlan'",
    "'--headers-only 80,443 --encapsulation geneve'",
    "'--flow-cutoff 1000 --encapsulation vxlan'",
    "'--flow-cutoff 1000 --encapsulation geneve'",
    "'--snaplen 96 --encapsulation vxlan'",
    "'--snaplen 96 --encapsulation geneve'"
  })
  void whatIsCutByPolicyCountsWhole(String options) {
    try (TapRun run = TapRun.start(network, folder, options.split(" ", -1))) {
      Traffic.Exchange page = Traffic.http(network.client(), network.pod().ipv4(), 80);
      Traffic.Exchange pageV6 = Traffic.http(network.client(), network.pod().ipv6(), 80);
      Traffic.datagram(network.client(), network.pod().ipv4(), 443, 1_200);
      run.finish().requireNoLoss();

      assertWhole(Logs.connections(run.logs(), network.pod().ipv4(), 80), page);
      assertWhole(Logs.connections(run.logs(), network.pod().ipv6(), 80), pageV6);
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 443))
          .singleElement()
          .satisfies(record -> {
            assertThat(record.count("orig_bytes")).isEqualTo(1_200);
            assertThat(record.count("resp_bytes")).isEqualTo(1_200);
            assertThat(record.text("history")).isEqualTo("Dd");
          });
      Path weirds = run.logs().resolve("weird.log");
      assertThat(Files.exists(weirds) ? Logs.json(weirds) : List.of()).isEmpty();
    }
  }

  private static void assertWhole(List<Logs.Row> records, Traffic.Exchange page) {
    assertThat(records)
        .singleElement()
        .satisfies(record -> {
          assertThat(record.text("conn_state")).isEqualTo("SF");
          assertThat(record.count("orig_bytes")).isEqualTo(page.requestBytes());
          assertThat(record.count("resp_bytes")).isEqualTo(page.responseBytes());
          assertThat(record.count("resp_ip_bytes")).isGreaterThan(BODY_BYTES);
          assertThat(record.count("missed_bytes")).isZero();
          assertThat(record.count("tap.cut_bytes")).isGreaterThan(BODY_BYTES / 2);
        });
  }
}
