/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job: what a pod did stands in the logs of a sensor, and the ledger adds up. */
@RequiresRoot
@RequiresTool("ethtool")
class EvidenceIT {

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
            .answerDatagrams(network.pod(), 53, 120);
  }

  @AfterEach
  void removeNetwork() {
    application.close();
    network.close();
  }

  @Test
  void everyConnectionIsRecordedWithItsBytes() {
    List<Traffic.Exchange> pages = new ArrayList<>();
    try (TapRun run = TapRun.start(network, folder)) {
      for (String address : List.of(network.pod().ipv4(), network.pod().ipv6())) {
        pages.add(Traffic.http(network.client(), address, 80));
        Traffic.datagram(network.client(), address, 53, 40);
      }
      run.finish().requireNoLoss();

      assertPage(run, network.client().ipv4(), network.pod().ipv4(), pages.get(0));
      assertPage(run, network.client().ipv6(), network.pod().ipv6(), pages.get(1));
      assertAnswer(run, network.client().ipv4(), network.pod().ipv4());
      assertAnswer(run, network.client().ipv6(), network.pod().ipv6());
    }
  }

  private static void assertPage(TapRun run, String client, String pod, Traffic.Exchange page) {
    assertThat(Logs.connections(run.logs(), pod, 80))
        .singleElement()
        .satisfies(record -> {
          assertThat(record.text("id.orig_h")).isEqualTo(client);
          assertThat(record.text("proto")).isEqualTo("tcp");
          assertThat(record.text("conn_state")).isEqualTo("SF");
          assertThat(record.text("history")).startsWith("Sh").contains("D", "d", "F", "f");
          assertThat(record.count("orig_bytes")).isEqualTo(page.requestBytes());
          assertThat(record.count("resp_bytes")).isEqualTo(page.responseBytes());
          assertThat(record.count("missed_bytes")).isZero();
          assertThat(record.count("resp_pkts"))
              .as("packets of the wire, not super-frames")
              .isGreaterThanOrEqualTo(BODY_BYTES / 1_448);
          assertThat(record.text("community_id")).startsWith("1:");
        });
  }

  private static void assertAnswer(TapRun run, String client, String pod) {
    assertThat(Logs.connections(run.logs(), pod, 53))
        .singleElement()
        .satisfies(record -> {
          assertThat(record.text("id.orig_h")).isEqualTo(client);
          assertThat(record.text("proto")).isEqualTo("udp");
          assertThat(record.text("conn_state")).isEqualTo("SF");
          assertThat(record.text("history")).isEqualTo("Dd");
          assertThat(record.count("orig_bytes")).isEqualTo(40);
          assertThat(record.count("resp_bytes")).isEqualTo(120);
        });
  }

  @Test
  void theSensorsLedgerAgreesWithTheTaps() {
    try (TapRun run = TapRun.start(network, folder, "--filter", "not udp port 53")) {
      for (int i = 0; i < 20; i++) {
        Traffic.http(network.client(), network.pod().ipv4(), 80);
        Traffic.datagram(network.client(), network.pod().ipv4(), 53, 40);
      }
      TapLedger ledger = run.finish().requireNoLoss();

      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 53)).isEmpty();
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 80)).hasSize(20);
      Logs.Row record = run.tapRecord();
      assertThat(record.count("seen")).isEqualTo(ledger.seen());
      assertThat(record.count("filtered")).isEqualTo(ledger.filtered());
      assertThat(record.count("dropped")).isEqualTo(ledger.dropped());
      assertThat(record.count("mirrored")).isEqualTo(ledger.mirrored());
      assertThat(record.count("sent")).isEqualTo(ledger.sent());
      assertThat(record.count("received")).isEqualTo(ledger.sent());
      assertThat(record.count("lost")).isZero();
      assertThat(ledger.filtered()).as("questions and answers").isEqualTo(40);
    }
  }

  @Test
  void eachFlowReachesExactlyOneOfTwoSensors() {
    PodNetwork.Host second = network.addSensor();
    int flows = 40;
    try (Program one = TapRun.startSensor(network.sensor(), folder, "one");
        Program two = TapRun.startSensor(second, folder, "two");
        Program tap =
            TapRun.startTap(network.pod(), folder, network.sensor().ipv4() + "," + second.ipv4())) {
      for (int i = 0; i < flows; i++) {
        Traffic.http(network.client(), network.pod().ipv4(), 80);
      }
      assertThat(tap.stop()).isZero();
      Program.pause(200);
      assertThat(one.stop()).isZero();
      assertThat(two.stop()).isZero();
    }
    Logs.ledger(folder.resolve("tap.json")).requireBalance().requireNoLoss();
    List<Logs.Row> atOne = Logs.connections(folder.resolve("one"), network.pod().ipv4(), 80);
    List<Logs.Row> atTwo = Logs.connections(folder.resolve("two"), network.pod().ipv4(), 80);
    assertThat(atOne).isNotEmpty();
    assertThat(atTwo).isNotEmpty();
    assertThat(atOne.size() + atTwo.size()).isEqualTo(flows);
    Set<String> ports = new HashSet<>();
    for (Logs.Row record : atOne) {
      ports.add(record.text("id.orig_p"));
      assertThat(record.text("conn_state")).isEqualTo("SF");
    }
    for (Logs.Row record : atTwo) {
      ports.add(record.text("id.orig_p"));
      assertThat(record.text("conn_state")).isEqualTo("SF");
    }
    assertThat(ports).as("both directions of a flow go to the same sensor").hasSize(flows);
  }
}
