/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sensor that has no right at the Kubernetes API: records name the pod of the tap that delivered
 * them, from the first packet on, by what the injector's variables say.
 */
@RequiresRoot
class TapNamesItsPodIT {

  private static final int REQUESTS = 20;

  @TempDir private Path folder;

  private PodNetwork network;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
  }

  @AfterEach
  void removeNetwork() {
    network.close();
  }

  private Program tap(Map<String, String> variables) {
    List<String> inside = List.of("ip", "netns", "exec", network.pod().namespace().name());
    return Program.start(
            inside,
            variables,
            folder,
            "tap",
            "tap",
            "--interface",
            "eth0",
            "--sensor",
            network.sensor().ipv4(),
            "--vni",
            TapRun.VNI,
            "--metrics",
            "0")
        .awaitReady();
  }

  private List<Logs.Row> records(Map<String, String> variables) throws IOException {
    Path logs = folder.resolve("logs");
    try (Program sensor =
            Program.start(
                    network.sensor(),
                    folder,
                    "sensor",
                    "sensor",
                    "--listen",
                    "0.0.0.0:4789",
                    "--metrics",
                    "0",
                    "--logs",
                    logs.toString())
                .awaitReady();
        Traffic _ = new Traffic().serveHttp(network.pod(), 80, 2_000);
        Program tap = tap(variables)) {
      for (int i = 0; i < REQUESTS; i++) {
        Traffic.http(network.client(), network.pod().ipv4(), 80);
      }
      assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      assertThat(sensor.stop()).as(sensor.errorOutput()).isZero();
    }
    assertThat(Files.isRegularFile(logs.resolve("http.log"))).isTrue();
    return Logs.json(logs.resolve("conn.log")).stream()
        .filter(row -> row.count("id.resp_p") == 80)
        .toList();
  }

  @Test
  void everyRecordNamesTheTappedPod() throws IOException {
    List<Logs.Row> rows =
        records(
            Map.of(
                "POD_NAME", "shop-7d9f8b6c5-x2x4z",
                "POD_NAMESPACE", "store",
                "POD_UID", "0f3c1d2e-0000-4000-8000-000000000001",
                "POD_IPS", network.pod().ipv4(),
                "NODE_NAME", "node-1",
                "SERVICE_ACCOUNT", "shop",
                "WORKLOAD_NAME", "Deployment/shop"));
    assertThat(rows).hasSize(REQUESTS);
    for (Logs.Row row : rows) {
      assertThat(row.text("k8s.resp.namespace")).isEqualTo("store");
      assertThat(row.text("k8s.resp.pod")).isEqualTo("shop-7d9f8b6c5-x2x4z");
      assertThat(row.text("k8s.resp.workload")).isEqualTo("Deployment/shop");
      assertThat(row.text("k8s.resp.node")).isEqualTo("node-1");
      assertThat(row.text("k8s.resp.service_account")).isEqualTo("shop");
      assertThat(row.text("k8s.orig.pod")).isEqualTo("-");
    }
  }

  /** A pod of the node's network has no address of its own: its name would be a wrong one. */
  @Test
  void nothingIsNamedWithoutAddresses() throws IOException {
    List<Logs.Row> rows =
        records(Map.of("POD_NAME", "agent-x2x4z", "POD_NAMESPACE", "store", "POD_IPS", ""));
    assertThat(rows).hasSize(REQUESTS);
    assertThat(rows).allSatisfy(row -> assertThat(row.text("k8s.resp.pod")).isEqualTo("-"));
  }
}
