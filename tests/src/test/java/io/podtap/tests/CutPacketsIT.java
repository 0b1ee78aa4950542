/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a tap cuts by policy counts whole at the sensor, though VXLAN cannot say how long it was.
 */
@RequiresRoot
@RequiresTool("ethtool")
class CutPacketsIT {

  private static final int BODY_BYTES = 200_000;
  private static final String METRICS = "9095";

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

  /** The stream says of each packet how long it was; the records are the same. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--headers-only 80,443", "--flow-cutoff 1000", "--snaplen 96"})
  void whatIsCutByPolicyCountsWholeOverTls(String options) {
    Certificates certificates = Certificates.make(folder, network.sensor().ipv4());
    try (Program sensor =
        Program.start(
                network.sensor(),
                folder,
                "sensor",
                "sensor",
                "--listen",
                "tls:0.0.0.0:6343",
                "--cert",
                certificates.file(Certificates.SENSOR, "tls.crt"),
                "--key",
                certificates.file(Certificates.SENSOR, "tls.key"),
                "--ca",
                certificates.file(Certificates.SENSOR, "ca.crt"),
                "--logs",
                folder.resolve("sensor").toString(),
                "--metrics",
                "0")
            .awaitReady()) {
      List<String> arguments = new ArrayList<>(List.of("--transport", "tls"));
      arguments.addAll(List.of("--cert", certificates.file(Certificates.TAP, "tls.crt")));
      arguments.addAll(List.of("--key", certificates.file(Certificates.TAP, "tls.key")));
      arguments.addAll(List.of("--ca", certificates.file(Certificates.TAP, "ca.crt")));
      arguments.addAll(List.of("--metrics", METRICS));
      arguments.addAll(List.of(options.split(" ", -1)));
      Traffic.Exchange page;
      try (Program tap =
          TapRun.startTap(
              network.pod(), folder, network.sensor().ipv4(), arguments.toArray(String[]::new))) {
        awaitConnected();
        page = Traffic.http(network.client(), network.pod().ipv4(), 80);
        Traffic.datagram(network.client(), network.pod().ipv4(), 443, 1_200);
        assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      }
      Logs.ledger(folder.resolve("tap.json")).requireBalance().requireNoLoss();
      assertThat(sensor.stop()).as(sensor.errorOutput()).isZero();
      Path logs = folder.resolve("sensor");
      assertWhole(Logs.connections(logs, network.pod().ipv4(), 80), page);
      assertThat(Logs.connections(logs, network.pod().ipv4(), 443))
          .singleElement()
          .satisfies(record -> assertThat(record.count("resp_bytes")).isEqualTo(1_200));
    }
  }

  private void awaitConnected() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String connected = "podtap_tap_stream_connected{sensor=\"10.80.0.3:6343\"} 1";
    while (!network.pod().namespace().call(CutPacketsIT::metrics).contains(connected)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Program.pause(50);
    }
  }

  private static String metrics() throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + METRICS + "/metrics");
    try (InputStream in = uri.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (ConnectException e) {
      return ""; // not open yet
    }
  }

  /** Over a budget headers are sent, then nothing: what came counts whole, and all is accounted. */
  @Test
  void whatABudgetCutsCountsWhole() {
    try (TapRun run = TapRun.start(network, folder, "--budget-mbps", "1")) {
      Traffic.Exchange page = Traffic.http(network.client(), network.pod().ipv4(), 80);
      TapLedger ledger = run.finish();

      assertThat(ledger.failed()).isZero();
      assertThat(ledger.dropped()).isZero();
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 80))
          .singleElement()
          .satisfies(record -> {
            assertThat(record.count("tap.cut_bytes")).isGreaterThan(BODY_BYTES / 2);
            assertThat(record.count("resp_bytes")).isLessThanOrEqualTo(page.responseBytes());
            assertThat(record.count("resp_ip_bytes")).isGreaterThan(BODY_BYTES / 2);
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
