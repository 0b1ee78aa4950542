/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What arrives at any sensor is what was on the wire: tshark, at the sensor's {@code eth0}, finds
 * nothing to complain about while both ends of the mirrored traffic use every offload.
 */
@RequiresRoot
@Tag("alone")
@RequiresTool({"ethtool", "iperf3", "tcpdump", "tshark"})
class WireTruthIT {

  private static final long BULK_BYTES = 8_000_000;
  private static final String OUTER_FRAGMENT = "ip.flags.mf == 1 || ip.frag_offset > 0";
  private static final String PACKET = "vxlan.vni == 42 && eth.type != 0x88b5";

  private static final String BULK_DATA = "vxlan && tcp.port == 5201 && tcp.len > 0";

  /** How datagrams leave where the test is not about that: the hardest way to keep them right. */
  private static final String SEND = "--send";

  private static final String MODE = "joined";

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

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "10.80.0.2, joined",
    "fd80::2, joined",
    "10.80.0.2, single",
    "fd80::2, single",
    "10.80.0.2, auto"
  })
  void tsharkHasNoComplaintAboutABulkTransferWithOffloads(String pod, String mode) {
    TapLedger ledger;
    try (WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run = TapRun.start(network, folder, SEND, mode)) {
      Traffic.bulk(network, pod, BULK_BYTES);
      Traffic.bulk(network, pod, BULK_BYTES, "-R");
      ledger = run.finish().requireNoLoss();
      wire.stop();

      assertThat(
              wire.countsWithoutComplaint(
                  OUTER_FRAGMENT, PACKET, "udp.dstport == 4789 && frame.len > 1514"))
          .as("outer fragments, packets, datagrams that are too long")
          .containsExactly(0L, ledger.sent(), 0L);
      assertThat(payloadBytes(wire)).isGreaterThanOrEqualTo(2 * BULK_BYTES);
    }
    assertThat(ledger.sent())
        .as("super-frames were seen, packets of the wire were sent: %s", ledger)
        .isGreaterThan(2 * ledger.mirrored());
  }

  /** Inner packets of 1500 bytes, as the client's MTU makes them, on paths of other sizes. */
  @ParameterizedTest(name = "1500 in {0}")
  @CsvSource({"1500", "9000", "1280"})
  void nothingIsFragmentedWhateverThePathTakes(int pathMtu) {
    if (pathMtu > 1_500) {
      network.mtu(pathMtu);
    } else if (pathMtu < 1_500) {
      String mtu = Integer.toString(pathMtu);
      network
          .pod()
          .namespace()
          .run("ip", "route", "add", network.sensor().ipv4(), "dev", "eth0", "mtu", mtu);
    }
    try (WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run = TapRun.start(network, folder, SEND, MODE)) {
      Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES);
      TapLedger ledger = run.finish().requireNoLoss();
      wire.stop();

      assertThat(
              wire.countsWithoutComplaint(
                  OUTER_FRAGMENT,
                  "udp.dstport == 4789 && frame.len > " + (pathMtu + 14),
                  "tcp.port == 5201 && ip.len#2 > 1500"))
          .as("outer fragments, datagrams and packets that are too long")
          .containsExactly(0L, 0L, 0L);
      assertThat(payloadBytes(wire)).isGreaterThanOrEqualTo(BULK_BYTES);
      assertThat(run.tapRecord().count("received")).isEqualTo(ledger.sent());
    }
  }

  /**
   * Packets that fill the MTU do not fit into a tunnel through the same MTU, whether their sender
   * forbids fragments or has sent fragments itself: what arrives can be put together as it was.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"10.80.0.2", "fd80::2"})
  void datagramsAsLongAsTheMtuAreWholeAtTheSensor(String pod) {
    int[] sizes = {1_402, 1_430, 1_452, 1_472, 4_000, 20_000};
    int answerBytes = 1_452;
    try (Traffic _ = new Traffic().answerDatagrams(network.pod(), 7_000, answerBytes);
        WireCapture wire = WireCapture.start(network.sensor(), folder);
        TapRun run = TapRun.start(network, folder, SEND, MODE)) {
      for (int size : sizes) {
        Traffic.datagram(network.client(), pod, 7_000, size);
      }
      TapLedger ledger = run.finish().requireNoLoss();
      wire.stop();

      assertThat(ledger.packets()).isGreaterThan(ledger.mirrored());
      assertThat(wire.countsWithoutComplaint(PACKET)).containsExactly(ledger.sent());
      assertThat(wire.complaintsWhenWhole()).isEmpty();
      for (int size : sizes) {
        String whole = "udp.checksum.status#2 == 1 && udp.length#2 == " + (size + 8);
        assertThat(wire.fieldsWhenWhole("udp.dstport == 7000 && " + whole, "frame.number"))
            .as("%d bytes, whole and with a good checksum", size)
            .hasSize(1);
      }
      assertThat(
              wire.fieldsWhenWhole(
                  "udp.srcport == 7000 && udp.length#2 == " + (answerBytes + 8), "frame.number"))
          .hasSize(sizes.length);
      assertThat(Logs.connections(run.logs(), pod, 7_000))
          .extracting(record -> record.count("orig_bytes"))
          .containsExactlyInAnyOrder(1_402L, 1_430L, 1_452L, 1_472L, 4_000L, 20_000L);
      assertThat(Logs.connections(run.logs(), pod, 7_000))
          .allMatch(record -> record.count("resp_bytes") == answerBytes);
    }
  }

  @Test
  void aPathThatShrinksIsFollowedWhileRunning() {
    PodNetwork.Host far = network.addFarSensor();
    try (WireCapture wire = WireCapture.start(far, folder);
        TapRun run = TapRun.startTowards(far, network, folder, SEND, MODE)) {
      Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES);
      network.farMtu(1_280);
      Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES);
      Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES);
      TapLedger ledger = run.finish().requireNoLoss();
      wire.stop();

      assertThat(ledger.datagramBytesMax()).isEqualTo(1_280 - 28);
      List<Long> counts =
          wire.countsWithoutComplaint(
              OUTER_FRAGMENT,
              "udp.dstport == 4789 && frame.len > 1400",
              "udp.dstport == 4789 && frame.len > 1200 && frame.len <= 1294");
      assertThat(counts.get(0)).as("outer fragments").isZero();
      assertThat(counts.get(1)).as("datagrams of before").isPositive();
      assertThat(counts.get(2)).as("datagrams of afterwards").isPositive();
      Logs.Row record = run.tapRecord();
      assertThat(record.count("received") + record.count("lost")).isEqualTo(ledger.sent());
      assertThat(payloadBytes(wire))
          .as("two of three transfers at least, the one that met the change may have gaps")
          .isGreaterThanOrEqualTo(2 * BULK_BYTES);
    }
  }

  /** Retransmissions by the application's TCP count too. */
  private static long payloadBytes(WireCapture wire) {
    return wire.fields(BULK_DATA, "tcp.len").stream().mapToLong(Long::parseLong).sum();
  }
}
