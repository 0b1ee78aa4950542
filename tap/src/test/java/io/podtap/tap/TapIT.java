/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import io.podtap.tap.ledger.Ledger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresRoot
final class TapIT {

  /** Anything tshark complains about in a frame that is not the stream's own affair. */
  private static final String COMPLAINTS =
      "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
          + " || _ws.malformed || ip.bogus_ip_length || ip.bogus_header_length"
          + " || udp.length.bad || udp.length.bad_zero || tcp.bogus_header_length"
          + " || ip.flags.mf == 1 || ip.frag_offset > 0 || tcp.segment.error"
          + " || (_ws.expert.severity == error)";

  @TempDir private Path folder;

  /** Nothing that a dissector takes for a protocol of its own. */
  private static byte[] letters(int length) {
    byte[] data = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      data[i] = (byte) ('a' + random.nextInt(26));
    }
    return data;
  }

  /** Sends bytes over TCP from one namespace to another and waits until they have arrived. */
  private static void stream(
      NetworkNamespace from, NetworkNamespace to, String address, int port, int bytes)
      throws IOException {
    try (ServerSocket server = to.call(() -> new ServerSocket(port));
        Socket client = from.call(() -> new Socket(address, port));
        Socket accepted = server.accept()) {
      byte[] data = letters(bytes);
      Thread reader =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (InputStream in = accepted.getInputStream()) {
                  in.readAllBytes();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      try (OutputStream out = client.getOutputStream()) {
        out.write(data);
      }
      reader.join(20_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends datagrams of the given sizes to an open port. */
  private static void datagrams(
      NetworkNamespace from, NetworkNamespace to, String address, int port, int... sizes)
      throws IOException {
    try (DatagramSocket receiver = to.call(() -> new DatagramSocket(port));
        DatagramSocket sender = from.call(() -> new DatagramSocket())) {
      assertThat(receiver.isBound()).isTrue();
      for (int size : sizes) {
        byte[] data = letters(size);
        sender.send(new DatagramPacket(data, size, new InetSocketAddress(address, port)));
      }
    }
  }

  private static boolean holds(byte[] frame, byte... bytes) {
    for (int at = 0; at + bytes.length <= frame.length; at++) {
      if (Arrays.equals(frame, at, at + bytes.length, bytes, 0, bytes.length)) {
        return true;
      }
    }
    return false;
  }

  private static int longest(List<byte[]> frames) {
    return frames.stream().mapToInt(frame -> frame.length).max().orElse(0);
  }

  /**
   * Lets the node cut the tunnel's batches and fill in their checksums, as a wire would, on the way
   * to the sensor.
   */
  static void cutTunnel(Topology topology) {
    cut(topology, "port3");
    cut(topology, "port4");
  }

  private static void cut(Topology topology, String port) {
    topology.node.run(
        "ethtool", "-K", port, "tso", "off", "gso", "off", "tx-udp-segmentation", "off");
    topology.node.run("ethtool", "-K", port, "tx", "off");
  }

  @ParameterizedTest
  @CsvSource({"1500,1500", "9000,9000", "9000,1500", "1500,1280"})
  void emitsNothingThatTsharkComplainsAbout(int mtu, int pathMtu) throws Exception {
    try (Topology topology = new Topology(mtu)) {
      cutTunnel(topology);
      topology.pod.run(
          "ip", "route", "add", "10.9.0.3/32", "dev", "eth0", "mtu", Integer.toString(pathMtu));
      Path file = folder.resolve("sensor.pcap");
      Ledger.Snapshot ledger;
      List<byte[]> frames;
      long droppedOnTheWay;
      try (SensorCapture capture = new SensorCapture(topology.sensor, file, "udp port 4789");
          RunningTap tap =
              new RunningTap(
                  topology.pod, RunningTap.settings("eth0", "10.9.0.3", "tcp or udp or arp"))) {
        stream(topology.pod, topology.client, "10.9.0.1", 7_001, 3_000_000);
        stream(topology.client, topology.pod, "10.9.0.2", 7_002, 3_000_000);
        stream(topology.pod, topology.client, "fd09::1", 7_003, 3_000_000);
        datagrams(topology.pod, topology.client, "10.9.0.1", 7_004, 0, 1, 18, 500, 1_100);
        datagrams(topology.client, topology.pod, "fd09::2", 7_005, 0, 1, 18, 500, 1_100);
        ledger = tap.finish();
        frames = capture.frames();
        droppedOnTheWay = capture.droppedOnTheWay();
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.failures()).isZero();
      assertThat(ledger.packets()).isGreaterThan(9_000_000 / 9_000);
      assertThat((long) SensorCapture.inner(frames).size())
          .isBetween(ledger.sent() - droppedOnTheWay, ledger.sent());
      assertThat(longest(frames)).isLessThanOrEqualTo(pathMtu + 14);
      assertThat(
              SensorCapture.tshark(
                  file, COMPLAINTS + " || !vxlan || vxlan.vni != 42 || vxlan[0:2] != 08:00"))
          .isEmpty();
      List<byte[]> inner = SensorCapture.inner(frames);
      Path innerFile = folder.resolve("inner.pcap");
      SensorCapture.write(innerFile, inner);
      assertThat(SensorCapture.tshark(innerFile, COMPLAINTS)).isEmpty();
      long dropped = droppedOnTheWay + ledger.sum(Ledger.InterfaceSnapshot::droppedByKernel);
      for (String gap :
          new String[] {"tcp.analysis.lost_segment", "tcp.analysis.ack_lost_segment"}) {
        // Each gap has a packet that the machine dropped and counted.
        assertThat(SensorCapture.tshark(innerFile, gap).lines().count())
            .as("%s, with %d packets dropped", gap, dropped)
            .isLessThanOrEqualTo(dropped);
      }
    }
  }

  /**
   * The node cuts what the pod sends to the client; the tap cuts the same super-frames. Where the
   * tunnel's path takes a whole packet, both must agree in every byte.
   */
  @ParameterizedTest
  @ValueSource(strings = {"10.9.0.1", "fd09::1"})
  void cutsAsTheKernelDoes(String client) throws Exception {
    try (Topology topology = new Topology(9_000)) {
      cutTunnel(topology);
      topology.client.run("ip", "link", "set", "eth0", "mtu", "1500");
      topology.client.run("ethtool", "-K", "eth0", "gro", "off");
      cut(topology, "port1");
      String filter = "port 7001 or port 7002";
      List<byte[]> mirrored;
      List<byte[]> arrived;
      Ledger.Snapshot ledger;
      try (SensorCapture atSensor =
              new SensorCapture(topology.sensor, folder.resolve("s.pcap"), "udp port 4789");
          SensorCapture atClient =
              new SensorCapture(
                  topology.client,
                  folder.resolve("c.pcap"),
                  "(" + filter + ") and src port 7001 or src port 7002");
          RunningTap tap =
              new RunningTap(
                  topology.pod,
                  RunningTap.settings("eth0", "10.9.0.3", "src port 7001 or src port 7002"))) {
        serveStream(
            topology.pod, topology.client, client.equals("fd09::1") ? "fd09::2" : "10.9.0.2");
        segmentedDatagrams(topology.pod, client);
        ledger = tap.finish();
        mirrored = SensorCapture.inner(atSensor.frames());
        arrived = atClient.frames();
      }
      assertThat(ledger.balanced()).isTrue();
      assertThat(ledger.segment().toString()).contains("tcp_super_frame", "udp_super_frame");
      assertThat(ledger.segment().toString()).doesNotContain("to_fit");
      assertThat(arrived.size()).isGreaterThan(1_000);
      assertThat(mirrored.size()).isEqualTo(arrived.size());
      for (int protocol : new int[] {6, 17}) {
        List<byte[]> one = ofProtocol(mirrored, protocol);
        List<byte[]> other = ofProtocol(arrived, protocol);
        assertThat(one.size()).isPositive().isEqualTo(other.size());
        for (int i = 0; i < one.size(); i++) {
          assertThat(one.get(i))
              .as("packet %d of protocol %d", i, protocol)
              .isEqualTo(other.get(i));
        }
      }
    }
  }

  private static List<byte[]> ofProtocol(List<byte[]> frames, int protocol) {
    return frames.stream()
        .filter(frame -> frame[frame[12] == 8 ? 14 + 9 : 14 + 6] == protocol)
        .toList();
  }

  /** Lets the pod send from port 7001. */
  private static void serveStream(NetworkNamespace pod, NetworkNamespace client, String address)
      throws IOException {
    try (ServerSocket server = pod.call(() -> new ServerSocket(7_001));
        Socket socket = client.call(() -> new Socket(address, 7_001));
        Socket accepted = server.accept()) {
      byte[] data = new byte[3_000_000];
      new Random(5).nextBytes(data);
      Thread writer =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (OutputStream out = accepted.getOutputStream()) {
                  out.write(data);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(data);
      writer.join(10_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends super-frames of datagrams from port 7002, as QUIC servers do. */
  private static void segmentedDatagrams(NetworkNamespace pod, String client) {
    boolean ipv6 = client.indexOf(':') >= 0;
    try (UdpSocket socket = pod.call(() -> UdpSocket.open(ipv6));
        Arena arena = Arena.ofConfined()) {
      socket.bind(RunningTap.endpoint(ipv6 ? "[::]:7002" : "0.0.0.0:7002"));
      socket.connect(RunningTap.endpoint(ipv6 ? "[" + client + "]:7777" : client + ":7777"));
      var buffer = arena.allocate(40_000);
      for (int length : new int[] {40_000, 12_000, 12_001, 1_201, 1_200, 5}) {
        int error = socket.sendSegmented(buffer, 0, length, 1_200);
        if (error != 0) { // told of the datagram before, which nobody awaited
          error = socket.sendSegmented(buffer, 0, length, 1_200);
        }
        assertThat(error).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void leavesOutItsOwnTunnelAndNoOther(boolean mayMark) throws Exception {
    try (Topology topology = new Topology(1_500)) {
      for (NetworkNamespace namespace : List.of(topology.pod, topology.client)) {
        String remote = namespace.equals(topology.pod) ? "10.9.0.1" : "10.9.0.2";
        String own = namespace.equals(topology.pod) ? "10.99.0.2/24" : "10.99.0.1/24";
        namespace.run(
            "ip", "link", "add", "vx0", "type", "vxlan", "id", "7", "remote", remote, "dstport",
            "4789", "dev", "eth0");
        namespace.run("ip", "link", "set", "vx0", "up");
        namespace.address("vx0", own);
      }
      cutTunnel(topology);
      List<byte[]> inner;
      Ledger.Snapshot ledger;
      try (SensorCapture capture =
              new SensorCapture(topology.sensor, folder.resolve("s.pcap"), "udp port 4789");
          RunningTap tap =
              new RunningTap(topology.pod, RunningTap.settings("eth0", "10.9.0.3", ""), mayMark)) {
        stream(topology.pod, topology.client, "10.99.0.1", 7_001, 200_000);
        datagrams(topology.pod, topology.client, "10.9.0.1", 7_004, 3_000, 8_000); // fragments
        ledger = tap.finish();
        inner = SensorCapture.inner(capture.frames());
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      byte[] overlay = {8, 0, 0, 0, 0, 0, 7, 0};
      byte[] own = {8, 0, 0, 0, 0, 0, 42, 0};
      assertThat(inner.stream().anyMatch(frame -> holds(frame, overlay))).isTrue();
      assertThat(inner.stream().noneMatch(frame -> frame[23] == 17 && holds(frame, own))).isTrue();
      assertThat(inner.stream().anyMatch(frame -> frame[12] == 8 && (frame[20] & 0x20) != 0))
          .as("fragments")
          .isTrue();
    }
  }

  @Test
  void cutsSmallerOnceThePathHasShrunk() throws Exception {
    try (Topology topology = new Topology(1_500)) {
      cutTunnel(topology);
      Path file = folder.resolve("s.pcap");
      List<byte[]> frames;
      Ledger.Snapshot ledger;
      try (SensorCapture capture = new SensorCapture(topology.sensor, file, "udp port 4789");
          RunningTap tap =
              new RunningTap(topology.pod, RunningTap.settings("eth0", "10.9.0.3", "tcp"))) {
        stream(topology.pod, topology.client, "10.9.0.1", 7_001, 1_000_000);
        Thread.sleep(1_000); // until the ring is read: what is still in it is cut for the new path
        topology.pod.run("ip", "route", "add", "10.9.0.3/32", "dev", "eth0", "mtu", "1300");
        stream(topology.pod, topology.client, "10.9.0.1", 7_001, 1_000_000);
        ledger = tap.finish();
        frames = capture.frames();
      }
      assertThat(ledger.balanced()).isTrue();
      assertThat(ledger.sensors().getFirst().datagramBytesMax()).isEqualTo(1_272);
      assertThat(ledger.failures()).as("%s", ledger.failed()).isZero();
      assertThat(ledger.segment().toString()).as("some were on their way").contains("refitted");
      assertThat(SensorCapture.tshark(file, COMPLAINTS)).isEmpty();
      Path innerFile = folder.resolve("inner.pcap");
      SensorCapture.write(innerFile, SensorCapture.inner(frames));
      assertThat(
              SensorCapture.tshark(
                  innerFile,
                  COMPLAINTS + " || tcp.analysis.lost_segment || tcp.analysis.out_of_order"))
          .isEmpty();
      assertThat(longest(frames)).isEqualTo(1_514);
      assertThat(longest(frames.subList(frames.size() - 500, frames.size()))).isEqualTo(1_314);
    }
  }

  @Test
  void goesOnWhenTheInterfaceHasComeBack() throws Exception {
    try (Topology topology = new Topology(1_500)) {
      // The mirrored interface is another one than the tunnel's.
      topology.pod.connect("eth1", topology.client, "eth1");
      topology.pod.address("eth1", "10.8.0.2/24");
      topology.client.address("eth1", "10.8.0.1/24");
      Ledger.Snapshot ledger;
      try (RunningTap tap =
          new RunningTap(topology.pod, RunningTap.settings("eth1", "10.9.0.3", "udp"))) {
        datagrams(topology.pod, topology.client, "10.8.0.1", 7_001, 10, 20, 30);
        Thread.sleep(300);
        topology.pod.run("ip", "link", "del", "eth1");
        Thread.sleep(1_000);
        topology.pod.connect("eth1", topology.client, "eth1");
        topology.pod.address("eth1", "10.8.0.2/24");
        topology.client.address("eth1", "10.8.0.1/24");
        Thread.sleep(1_000);
        datagrams(topology.pod, topology.client, "10.8.0.1", 7_001, 10, 20, 30, 40);
        ledger = tap.finish();
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.sent()).isEqualTo(7);
    }
  }

  @Test
  void sharesFlowsAmongSensorsAndMovesThemOnCommand() throws Exception {
    try (Topology topology = new Topology(1_500)) {
      List<byte[]> first;
      List<byte[]> second;
      Ledger.Snapshot ledger;
      int flows = 64;
      cutTunnel(topology);
      try (SensorCapture one =
              new SensorCapture(topology.sensor, folder.resolve("1.pcap"), "udp port 4789");
          SensorCapture two =
              new SensorCapture(topology.sensor2, folder.resolve("2.pcap"), "udp port 4789");
          RunningTap tap =
              new RunningTap(
                  topology.pod,
                  RunningTap.settings("eth0", "10.9.0.3,10.9.0.4", "udp port 7001"))) {
        for (int i = 0; i < flows; i++) {
          datagrams(topology.pod, topology.client, "10.9.0.1", 7_001, 100);
        }
        Thread.sleep(200);
        assertThat(
                tap.tap
                    .control()
                    .offer(() -> tap.tap.changeSensors(List.of(RunningTap.endpoint("10.9.0.4")))))
            .isTrue();
        Thread.sleep(300);
        for (int i = 0; i < flows; i++) {
          datagrams(topology.pod, topology.client, "10.9.0.1", 7_001, 101);
        }
        ledger = tap.finish();
        first = SensorCapture.inner(one.frames());
        second = SensorCapture.inner(two.frames());
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.sent()).as("%s", ledger).isEqualTo(2L * flows);
      assertThat(first.size() + second.size()).isEqualTo(2L * flows);
      assertThat(first.size()).isBetween(flows / 4, 3 * flows / 4);
      assertThat(longest(first)).isEqualTo(14 + 28 + 100);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void leavesOutItsTunnelToSensorsThatCameLater(boolean mayMark) throws Exception {
    try (Topology topology = new Topology(1_500)) {
      List<byte[]> inner = new ArrayList<>();
      Ledger.Snapshot ledger;
      cutTunnel(topology);
      try (SensorCapture one =
              new SensorCapture(topology.sensor, folder.resolve("1.pcap"), "udp port 4789");
          SensorCapture two =
              new SensorCapture(topology.sensor2, folder.resolve("2.pcap"), "udp port 4789");
          RunningTap tap =
              new RunningTap(
                  topology.pod, RunningTap.settings("eth0", "10.9.0.3", "udp"), mayMark)) {
        for (int round = 0; round < 20; round++) {
          datagrams(topology.pod, topology.client, "10.9.0.1", 7_001, 100, 100);
          List<Endpoint> sensors =
              List.of(RunningTap.endpoint(round % 2 == 0 ? "10.9.0.4" : "10.9.0.3"));
          assertThat(tap.tap.control().offer(() -> tap.tap.changeSensors(sensors))).isTrue();
          Thread.sleep(50);
        }
        ledger = tap.finish();
        inner.addAll(SensorCapture.inner(one.frames()));
        inner.addAll(SensorCapture.inner(two.frames()));
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.sent()).isEqualTo(inner.size());
      assertThat(inner).hasSize(40).allMatch(frame -> frame.length == 14 + 28 + 100);
    }
  }

  /** A closed port answers each datagram with an error that quotes it. */
  @ParameterizedTest
  @CsvSource({"true,10.9.0.3", "false,10.9.0.3", "true,[fd09::3]", "false,[fd09::3]"})
  void leavesOutIcmpErrorsAboutItsOwnTunnel(boolean mayMark, String sensor) throws Exception {
    try (Topology topology = new Topology(1_500)) {
      topology.sensor.run(
          "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0");
      Ledger.Snapshot ledger;
      try (RunningTap tap =
          new RunningTap(
              topology.pod, RunningTap.settings("eth0", sensor, "udp or icmp or icmp6"), mayMark)) {
        for (int i = 0; i < 20; i++) {
          datagrams(topology.pod, topology.client, "10.9.0.1", 7_001, 100);
          Thread.sleep(20);
        }
        try (DatagramSocket other = topology.pod.call(() -> new DatagramSocket())) {
          other.send(new DatagramPacket(new byte[9], 9, new InetSocketAddress("10.9.0.1", 7_777)));
        } // which is closed, too: that answer belongs to the pod
        ledger = tap.finish();
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.sensors().getFirst().asynchronousErrors()).isPositive();
      // neighbour discovery is not the tunnel's
      assertThat(ledger.packets()).as("%s", ledger).isBetween(22L, 22L + 12);
    }
  }

  @Test
  void mirrorsTheLoopbackInterfaceOnce() throws Exception {
    try (Topology topology = new Topology(1_500)) {
      List<byte[]> inner;
      Ledger.Snapshot ledger;
      try (SensorCapture capture =
              new SensorCapture(topology.sensor, folder.resolve("s.pcap"), "udp port 4789");
          RunningTap tap =
              new RunningTap(topology.pod, RunningTap.settings("eth0,lo", "10.9.0.3", ""))) {
        datagrams(topology.pod, topology.pod, "127.0.0.1", 7_001, 10, 20, 30);
        stream(topology.pod, topology.pod, "127.0.0.1", 7_002, 300_000);
        ledger = tap.finish();
        inner = SensorCapture.inner(capture.frames());
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.interfaces().stream().map(Ledger.InterfaceSnapshot::name))
          .containsExactly("eth0", "lo");
      for (int size : new int[] {10, 20, 30}) {
        assertThat(inner.stream().filter(frame -> frame.length == 42 + size).count()).isEqualTo(1);
      }
    }
  }

  @Test
  void keepsOnSendingWhileNobodyListens() throws Exception {
    try (Topology topology = new Topology(1_500)) {
      try (RunningTap tap =
          new RunningTap(topology.pod, RunningTap.settings("eth0", "10.9.0.3", "udp port 7001"))) {
        for (int i = 0; i < 20; i++) {
          datagrams(topology.pod, topology.client, "10.9.0.1", 7_001, 100);
          Thread.sleep(20);
        }
        Ledger.Snapshot ledger = tap.finish();
        assertThat(ledger.balanced()).isTrue();
        assertThat(ledger.sent()).isEqualTo(20);
        assertThat(ledger.sensors().getFirst().asynchronousErrors()).isPositive();
      }
    }
  }

  @Test
  void refusesWhatCannotBe() {
    try (Topology topology = new Topology(1_500)) {
      assertThatThrownBy(
              () -> new RunningTap(topology.pod, RunningTap.settings("eth7", "10.9.0.3", "")))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("'eth7' does not exist");
      assertThatThrownBy(
              () -> new RunningTap(topology.pod, RunningTap.settings("eth0", "10.9.0.3", "tpc")))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("syntax error");
      assertThatThrownBy(
              () -> new RunningTap(topology.pod, RunningTap.settings("eth0", "192.0.2.1", "")))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("sensor 192.0.2.1:4789")
          .hasMessageContaining("no route");
      Set<String> threads = new HashSet<>();
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        threads.add(thread.getName());
      }
      assertThat(new ArrayList<>(threads)).doesNotContain("metrics");
    }
  }
}
