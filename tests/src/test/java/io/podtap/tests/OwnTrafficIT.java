/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tap leaves out its own tunnel and nothing else, however much it looks like it. */
@RequiresRoot
@RequiresTool({"ethtool", "iperf3", "tcpdump", "tshark"})
class OwnTrafficIT {

  private static final int FRAGMENTED_BYTES = 4_000;

  @TempDir private Path folder;

  private PodNetwork network;
  private Traffic application;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    application = new Traffic().answerDatagrams(network.pod(), 7_000, FRAGMENTED_BYTES);
  }

  @AfterEach
  void removeNetwork() {
    application.close();
    network.close();
  }

  @Test
  void theTunnelIsNeverInTheTunnel() {
    try (WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run = TapRun.start(network, folder)) {
      Traffic.bulk(network, network.pod().ipv4(), 4_000_000);
      run.finish().requireNoLoss();
      wire.stop();

      assertThat(wire.fields("vxlan", "vxlan.vni"))
          .as("identifiers of each packet, outside first")
          .isNotEmpty()
          .containsOnly(TapRun.VNI);
    }
  }

  @Test
  void anOverlayOnTheSamePortStaysVisible() {
    overlay(network.pod(), network.client(), "10.90.0.2/24");
    overlay(network.client(), network.pod(), "10.90.0.1/24");
    try (Traffic _ = new Traffic().answerDatagrams(network.pod(), 7_001, 100);
        WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run = TapRun.start(network, folder)) {
      for (int i = 0; i < 10; i++) {
        Traffic.datagram(network.client(), "10.90.0.2", 7_001, 50);
      }
      run.finish().requireNoLoss();
      wire.stop();

      assertThat(wire.complaints()).isEmpty();
      assertThat(wire.count("ip.src == 10.90.0.1 && udp.dstport == 7001"))
          .as("questions, in the overlay, in the tunnel")
          .isEqualTo(10);
      assertThat(wire.count("ip.src == 10.90.0.2 && udp.srcport == 7001"))
          .as("answers: sent by the pod itself to port 4789")
          .isEqualTo(10);
      assertThat(wire.fields("vxlan", "vxlan.vni")).containsOnly(TapRun.VNI, TapRun.VNI + ",7");
    }
  }

  private static void overlay(PodNetwork.Host host, PodNetwork.Host remote, String address) {
    host.namespace()
        .run(
            "ip",
            "link",
            "add",
            "overlay0",
            "type",
            "vxlan",
            "id",
            "7",
            "remote",
            remote.ipv4(),
            "dstport",
            "4789",
            "dev",
            "eth0");
    host.namespace().run("ip", "link", "set", "overlay0", "up");
    host.namespace().address("overlay0", address);
  }

  @Test
  void fragmentsOfThePodStayVisible() {
    network.makeRoomForTunnel();
    try (WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run = TapRun.start(network, folder)) {
      for (String address : new String[] {network.pod().ipv4(), network.pod().ipv6()}) {
        for (int i = 0; i < 5; i++) {
          Traffic.datagram(network.client(), address, 7_000, FRAGMENTED_BYTES);
        }
      }
      run.finish().requireNoLoss();
      wire.stop();

      int piecesOfOne = 3;
      assertThat(
              wire.count(
                  "vxlan && ip.src == 10.80.0.1 && (ip.flags.mf == 1 || ip.frag_offset > 0)"))
          .as("pieces that came in")
          .isGreaterThanOrEqualTo(5L * piecesOfOne);
      assertThat(
              wire.count(
                  "vxlan && ip.dst == 10.80.0.1 && (ip.flags.mf == 1 || ip.frag_offset > 0)"))
          .as("pieces that went out")
          .isGreaterThanOrEqualTo(5L * piecesOfOne);
      assertThat(wire.count("vxlan && ipv6.fraghdr"))
          .as("pieces of IPv6, both ways")
          .isGreaterThanOrEqualTo(2L * 5 * piecesOfOne);
      for (String address : new String[] {network.pod().ipv4(), network.pod().ipv6()}) {
        assertThat(Logs.connections(run.logs(), address, 7_000))
            .as("put together again by the sensor")
            .hasSize(5)
            .allSatisfy(record -> {
              assertThat(record.count("orig_bytes")).isEqualTo(FRAGMENTED_BYTES);
              assertThat(record.count("resp_bytes")).isEqualTo(FRAGMENTED_BYTES);
            });
      }
    }
  }

  /** Pieces of 1500 bytes do not fit into a path of 1500: they are cut further, as a router may. */
  @Test
  void fragmentsThatDoNotFitAreCutFurther() {
    try (TapRun run = TapRun.start(network, folder)) {
      for (int i = 0; i < 5; i++) {
        Traffic.datagram(network.client(), network.pod().ipv4(), 7_000, FRAGMENTED_BYTES);
      }
      TapLedger ledger = run.finish().requireNoLoss();

      assertThat(ledger.packets()).isGreaterThanOrEqualTo(ledger.mirrored() + 20);
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 7_000))
          .hasSize(5)
          .allSatisfy(record -> {
            assertThat(record.count("orig_bytes")).isEqualTo(FRAGMENTED_BYTES);
            assertThat(record.count("resp_bytes")).isEqualTo(FRAGMENTED_BYTES);
          });
    }
  }
}
