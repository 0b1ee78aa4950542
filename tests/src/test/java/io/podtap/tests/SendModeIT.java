/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A tap that is told nothing sends what its sensor can read: the sensor is on the tap's node,
 * behind a virtual cable, where nobody cuts joined datagrams or fills in checksums.
 */
@RequiresRoot
@Tag("alone")
@RequiresTool({"ethtool", "iperf3", "iptables", "tcpdump", "tshark"})
class SendModeIT {

  private static final long BULK_BYTES = 1_000_000;
  private static final String PACKET =
      "(vxlan || geneve) && !(eth.type == 0x88b5 || eth.type == 0x8863)";
  private static final String METRICS = "9095";

  /** More than a full frame in an IPv6 tunnel through an MTU of 1500. */
  private static final String SUPER_DATAGRAM =
      "(udp.dstport == 4789 || udp.dstport == 6081) && frame.len > 1514";

  @TempDir private Path folder;

  private PodNetwork network;
  private PodNetwork.Host near;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    near = network.addSensor();
  }

  @AfterEach
  void removeNetwork() {
    network.close();
  }

  private Program tap(String sensor, String... more) {
    return TapRun.startTap(network.pod(), folder, sensor, more);
  }

  private void traffic() {
    String pod = network.pod().ipv4();
    try (Traffic _ =
        new Traffic()
            .serveHttp(network.pod(), 8_080, 30_000)
            .answerDatagrams(network.pod(), 5_353, 120)) {
      Traffic.bulk(network, pod, BULK_BYTES);
      Traffic.bulk(network, network.pod().ipv6(), BULK_BYTES, "-R");
      for (int i = 0; i < 20; i++) {
        Traffic.http(network.client(), pod, 8_080);
        Traffic.datagram(network.client(), pod, 5_353, 40 + i);
      }
    }
  }

  /** The set-up of most: a sniffer on the tap's node, no socket, and no option at the tap. */
  @ParameterizedTest(name = "{0} to {1}")
  @CsvSource({"vxlan, 10.80.0.4", "geneve, 10.80.0.4", "vxlan, [fd80::4]", "geneve, [fd80::4]"})
  void aSnifferReadsEveryPacketOfATapThatIsToldNothing(String tunnel, String sensor) {
    String port = tunnel.equals("vxlan") ? "4789" : "6081";
    TapLedger ledger;
    try (WireCapture sniffer = WireCapture.start(near, folder, "eth0", "udp port " + port);
        Program tap = tap(sensor + ":" + port, "--encapsulation", tunnel)) {
      traffic();
      assertThat(tap.stop()).isZero();
      ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance().requireNoLoss();
      sniffer.stop();

      assertThat(sniffer.countsWithoutComplaint(SUPER_DATAGRAM, PACKET))
          .containsExactly(0L, ledger.sent());
      assertThat(
              Commands.lines("tcpdump", "-n", "-vv", "-r", folder.resolve("eth0.pcap").toString())
                  .stream()
                  .filter(line -> line.contains("bad udp cksum") || line.contains("bad length"))
                  .limit(3))
          .isEmpty();
    }
    assertThat(ledger.sensor()).containsEntry("joined", false).containsEntry("answering", false);
  }

  /** Podtap's own sensor says that it reads a socket, and then a batch is one datagram here. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"10.80.0.4", "[fd80::4]"})
  void podtapsSensorGetsJoinedDatagrams(String address) {
    try (Program sensor = sensor("sensor");
        Program tap = tap(address, "--metrics", METRICS)) {
      awaitMetric("podtap_tap_joined", 1);
      try (WireCapture sniffer = WireCapture.start(near, folder)) {
        traffic();
        assertThat(tap.stop()).isZero();
        Program.pause(200); // the last report arrives
        assertThat(sensor.stop()).isZero();
        sniffer.stop();

        TapLedger ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance();
        assertThat(sniffer.count(SUPER_DATAGRAM)).isPositive();
        assertThat(ledger.sensor()).containsEntry("joined", true);
        assertThat(ledger.sensorCount("received")).as("%s", ledger).isEqualTo(ledger.sent());
        assertThat(ledger.sensorCount("lost")).isZero();
        assertThat(ledger.sensorCount("unconfirmed")).isZero();
        Logs.Row record = Logs.lastTapRecord(folder.resolve("sensor"), tapAddress(address));
        assertThat(record.count("received")).isEqualTo(ledger.sent());
        assertThat(record.count("lost")).isZero();
      }
    }
  }

  /** The sniffer has got data, in datagrams that are packets, and tshark does not complain. */
  private static void assertReadable(WireCapture sniffer) {
    List<Long> counts =
        sniffer.countsWithoutComplaint(
            SUPER_DATAGRAM, "udp.dstport == 4789", "tcp.port == 5201 && tcp.len > 0");
    assertThat(counts.get(0)).as("super-datagrams").isZero();
    assertThat(counts.get(1)).as("datagrams").isPositive();
    assertThat(counts.get(2)).as("packets of the transfer").isPositive();
  }

  /** As {@code tap.log} writes it. */
  private String tapAddress(String sensor) {
    return sensor.startsWith("[") ? network.pod().ipv6() : network.pod().ipv4();
  }

  private Program sensor(String name) {
    return Program.start(
            near,
            folder,
            name,
            "sensor",
            "--listen",
            "[::]:4789,0.0.0.0:4789",
            "--logs",
            folder.resolve(name).toString(),
            "--metrics",
            "0")
        .awaitReady();
  }

  /**
   * The sensor is gone and a sniffer has its address: with an ICMP error it is told at once,
   * without one when the lease ends. What comes later is whole for the sniffer; a new sensor is
   * joined again.
   */
  @ParameterizedTest(name = "port unreachable is told: {0}")
  @CsvSource({"true", "false"})
  void aSnifferInTheSensorsPlaceReadsEveryPacketSoon(boolean told) {
    try (Program tap = tap(near.ipv4(), "--metrics", METRICS)) {
      Program first = sensor("first");
      awaitMetric("podtap_tap_joined", 1);
      if (!told) {
        near.namespace().run("iptables", "-A", "OUTPUT", "-p", "icmp", "-j", "DROP");
      }
      first.close();
      if (told) {
        Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES); // draws the answers
      }
      awaitMetric("podtap_tap_joined", 0);
      try (WireCapture sniffer = WireCapture.start(near, folder)) {
        traffic();
        sniffer.stop();
        assertReadable(sniffer);
      }
      try (Program _ = sensor("second")) {
        awaitMetric("podtap_tap_joined", 1);
        traffic();
        assertThat(tap.stop()).isZero();
      }
      TapLedger ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance();
      assertThat(ledger.sensorCount("confirmed") + ledger.sensorCount("unconfirmed"))
          .isEqualTo(ledger.sent());
      assertThat(ledger.sensorCount("received") + ledger.sensorCount("lost"))
          .isEqualTo(ledger.sensorCount("confirmed") + ledger.sensorCount("surplus"));
      assertThat(ledger.sensorCount("received")).isPositive();
    }
  }

  /**
   * Of the answers the first and every twentieth one is lost: datagrams leave joined all the same,
   * and what the tap knows of its loss adds up.
   */
  @Test
  void answersThatAreLostNeitherKeepFromJoiningNorFromCounting() {
    near.namespace()
        .run(
            "iptables",
            "-A",
            "OUTPUT",
            "-p",
            "udp",
            "--sport",
            "4789",
            "-m",
            "statistic",
            "--mode",
            "nth",
            "--every",
            "20",
            "--packet",
            "0",
            "-j",
            "DROP");
    try (Program sensor = sensor("sensor");
        Program tap = tap(near.ipv4(), "--metrics", METRICS)) {
      awaitMetric("podtap_tap_joined", 1);
      traffic();
      assertThat(metrics()).contains("podtap_tap_joined{sensor=\"10.80.0.4:4789\"} 1\n");
      assertThat(tap.stop()).isZero();
      assertThat(sensor.stop()).isZero();

      TapLedger ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance().requireNoLoss();
      assertThat(ledger.sensorCount("confirmed") + ledger.sensorCount("unconfirmed"))
          .isEqualTo(ledger.sent());
      assertThat(ledger.sensorCount("received") + ledger.sensorCount("lost"))
          .isEqualTo(ledger.sensorCount("confirmed") + ledger.sensorCount("surplus"));
      assertThat(ledger.sensorCount("lost")).isZero();
      Logs.Row record = Logs.lastTapRecord(folder.resolve("sensor"), network.pod().ipv4());
      assertThat(record.count("received")).isEqualTo(ledger.sent());
    }
  }

  /**
   * The sensor moves to another address, at which a sniffer stands: whatever it gets is readable
   * from the first packet on, and every packet is accounted for.
   */
  @Test
  void aSensorThatMovesGetsPacketsThatASnifferReads() throws IOException {
    Path hosts = Path.of("/etc/netns", network.pod().namespace().name(), "hosts");
    Files.createDirectories(hosts.getParent());
    try (Program first = TapRun.startSensor(network.sensor(), folder, "first")) {
      Files.writeString(hosts, network.sensor().ipv4() + " sensor.test\n");
      TapLedger ledger;
      try (WireCapture sniffer = WireCapture.start(near, folder, "eth0", "udp port 4789");
          Program tap = tap("dns:sensor.test", "--metrics", METRICS)) {
        awaitLine("podtap_tap_joined{sensor=\"" + network.sensor().ipv4(), "} 1\n");
        traffic();
        Files.writeString(hosts, near.ipv4() + " sensor.test\n");
        assertThat(first.stop()).as(first.errorOutput()).isZero();
        awaitLine("podtap_tap_joined{sensor=\"" + near.ipv4(), "} 0\n");
        traffic();
        assertThat(tap.stop()).as(tap.errorOutput()).isZero();
        ledger = Logs.ledger(folder.resolve("tap.json"));
        sniffer.stop();

        assertReadable(sniffer);
      }
      assertThat(ledger.packets()).as("%s", ledger).isEqualTo(ledger.sent() + ledger.failed());
      assertThat(ledger.toString()).contains("balanced=true");
      assertThat(ledger.dropped()).isZero();
    } finally {
      Files.deleteIfExists(hosts);
      Files.deleteIfExists(hosts.getParent());
    }
  }

  /** A receiver that answers wrongly in every way changes nothing; each is counted by its name. */
  @Test
  void forgedLateReplayedAndBrokenReceiptsChangeNothing() {
    DatagramSocket receiver = near.namespace().call(() -> new DatagramSocket(4_789));
    Thread liar = Thread.ofVirtual().start(() -> answerWrongly(receiver));
    try (Program tap = tap(near.ipv4(), "--metrics", METRICS)) {
      for (String fate :
          new String[] {
            "unknown_nonce", "invalid_version", "invalid_length", "no_receipt", "late"
          }) {
        awaitLine("podtap_tap_receipts_total{sensor=\"10.80.0.4:4789\",fate=\"" + fate + "\"}");
      }
      assertThat(metrics()).contains("podtap_tap_joined{sensor=\"10.80.0.4:4789\"} 0\n");
      assertThat(tap.stop()).isZero();
      TapLedger ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance();
      assertThat(ledger.sensor()).containsEntry("joined", false).containsEntry("answering", false);
      assertThat(ledger.sensorCount("confirmed")).isZero();
    } finally {
      receiver.close();
      liar.interrupt();
    }
  }

  /** Answers each probe with everything but the right receipt, and that when it is too late. */
  private static void answerWrongly(DatagramSocket receiver) {
    byte[] space = new byte[2_048];
    byte[] tooLate = null;
    long answeredNs = 0;
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(space, space.length);
        receiver.receive(packet);
        byte[] probe = Arrays.copyOf(space, packet.getLength());
        if (!new String(probe, StandardCharsets.ISO_8859_1).contains("podtap-q")) {
          continue;
        }
        InetSocketAddress from = (InetSocketAddress) packet.getSocketAddress();
        byte[] right = receipt(probe, 1, 48);
        byte[] forged = right.clone();
        forged[8 + 14 + 16] ^= 1;
        byte[] otherNetwork = right.clone();
        otherNetwork[6] ^= 1;
        send(receiver, from, forged);
        send(receiver, from, otherNetwork);
        send(receiver, from, receipt(probe, 2, 48));
        send(receiver, from, receipt(probe, 1, 40));
        send(receiver, from, Arrays.copyOf(right, right.length + 1));
        send(receiver, from, new byte[0]);
        send(receiver, from, probe);
        if (tooLate == null) {
          tooLate = right;
          answeredNs = System.nanoTime();
        } else if (System.nanoTime() - answeredNs > TimeUnit.SECONDS.toNanos(8)) {
          send(receiver, from, tooLate);
        }
      }
    } catch (SocketException e) {
      return; // closed at the end of the test
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(DatagramSocket from, InetSocketAddress to, byte[] bytes)
      throws IOException {
    from.send(new DatagramPacket(bytes, bytes.length, to));
  }

  /** Returns tunnel header, Ethernet header and receipt, written from its description. */
  private static byte[] receipt(byte[] probe, int version, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 14 + length);
    bytes.put(probe, 0, 8 + 14);
    bytes.put("podtap-r".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) version).put((byte) 3).putShort((short) length).putInt(0);
    bytes.put(probe, 8 + 14 + 16, 8); // the nonce
    return bytes.putLong(7).array();
  }

  private void awaitMetric(String name, int value) {
    awaitLine(name + "{sensor=\"", "\"} " + value + "\n");
  }

  /** Waits for a line of the tap's metrics that has all these parts. */
  private void awaitLine(String... parts) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (metrics()
        .lines()
        .noneMatch(line -> Arrays.stream(parts).allMatch((line + '\n')::contains))) {
      assertThat(System.nanoTime()).as(() -> String.join("...", parts) + metrics()).isLessThan(end);
      Program.pause(50);
    }
  }

  private String metrics() {
    return network
        .pod()
        .namespace()
        .call(() -> {
          URI uri = URI.create("http://127.0.0.1:" + METRICS + "/metrics");
          try (InputStream in = uri.toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            return ""; // not open yet
          }
        });
  }
}
