/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.Direction;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.filter.OwnTraffic;
import io.podtap.core.filter.PacketFacts;
import io.podtap.core.linux.Errno;
import io.podtap.core.linux.InterfaceFacts;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.PacketRing;
import io.podtap.core.linux.PacketSender;
import io.podtap.core.linux.Privileges;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Ethernet;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod and a peer joined by veth; the capture runs in the pod. */
@RequiresRoot
final class InterfaceCaptureIT {

  private static final int PORT = 9_000;
  private static final int MARK = 0x7074;
  private static final int SLEEP_MS = 30;
  private static final RingSettings SMALL = new RingSettings(2 << 20, 256 << 10, 5);

  private final MemorySegment bytes = Arena.ofAuto().allocate(65_536);
  private NetworkNamespace pod;
  private NetworkNamespace peer;

  @BeforeEach
  void join() {
    pod = NetworkNamespace.create("pod");
    peer = NetworkNamespace.create("peer");
    link();
  }

  private void link() {
    pod.connect("eth0", peer, "eth0");
    pod.address("eth0", "10.9.0.1/24");
    peer.address("eth0", "10.9.0.2/24");
    pod.address("eth0", "fd09::1/64");
    peer.address("eth0", "fd09::2/64");
    // Neighbours are known from the start: a first datagram otherwise waits for ARP.
    neighbour(pod, peer, "10.9.0.2");
    neighbour(peer, pod, "10.9.0.1");
  }

  private static void neighbour(NetworkNamespace from, NetworkNamespace to, String address) {
    String text = to.run("cat", "/sys/class/net/eth0/address");
    from.run("ip", "neigh", "replace", address, "lladdr", text, "dev", "eth0");
  }

  @AfterEach
  void remove() {
    pod.close();
    peer.close();
  }

  private InterfaceCapture open(String device, LoopGuard guard, String filter) {
    return pod.call(() -> InterfaceCapture.open(device, 3, SMALL, guard, filter));
  }

  private UdpSocket sender(NetworkNamespace from, String to) {
    return from.call(() ->
        UdpSocket.open(to.indexOf(':') >= 0)
            .connect(new Endpoint(java.net.InetAddress.ofLiteral(to), PORT)));
  }

  /** Sends until {@code count} have left: an answer to an earlier one costs a try. */
  private void send(UdpSocket socket, int count, int length) {
    int sent = 0;
    for (int tries = 0; sent < count && tries < 3 * count + 10; tries++) {
      if (socket.sendSegmented(bytes, 0, length, length) == 0) {
        sent++;
      }
    }
    assertThat(sent).isEqualTo(count);
  }

  /** Stops the capture and takes everything that stands in the ring. */
  private static Recorder drain(FrameSource source, Runnable stop) {
    Recorder recorder = new Recorder();
    stop.run();
    drainInto(source, recorder);
    return recorder;
  }

  private static void drainInto(FrameSource source, FrameHandler handler) {
    long deadline = System.nanoTime() + 5_000_000_000L;
    int count;
    while ((count = source.poll(handler)) != FrameSource.END) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      if (count == 0) {
        sleep(SLEEP_MS);
      }
    }
  }

  /** Polls until so many frames came, five seconds at most; returns how many came. */
  private static int pollUntil(FrameSource source, FrameHandler handler, int frames) {
    long deadline = System.nanoTime() + 5_000_000_000L;
    int came = 0;
    while (came < frames && System.nanoTime() < deadline) {
      int count = source.poll(handler);
      came += count;
      if (count == 0) {
        sleep(1);
      }
    }
    return came;
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void assertBalanced(InterfaceCapture capture) {
    capture.readStatistics();
    assertThat(capture.seen())
        .isEqualTo(capture.filtered() + capture.droppedByKernel() + capture.delivered());
  }

  @Test
  void framesCarryTimeLengthDirectionAndChecksumFacts() {
    try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "");
        UdpSocket in = sender(peer, "10.9.0.1");
        UdpSocket out = sender(pod, "10.9.0.2")) {
      long before = System.currentTimeMillis() * 1_000_000L;
      send(in, 3, 100);
      send(out, 2, 200);
      Recorder recorder = drain(capture, capture::stop);
      List<Recorder.Seen> frames = recorder.to(PORT);
      assertThat(frames).hasSize(5).allMatch(frame -> frame.interfaceIndex() == 3);
      assertThat(frames.stream().filter(Recorder.Seen::outgoing)).hasSize(2);
      for (Recorder.Seen frame : frames) {
        assertThat(frame.length()).isEqualTo(frame.outgoing() ? 242 : 142);
        assertThat(frame.originalLength()).isEqualTo(frame.length());
        assertThat(frame.timestampNs()).isBetween(before - 1_000_000, before + 60_000_000_000L);
        assertThat(frame.gsoType()).isZero();
        assertThat(frame.checksumNeeded()).isTrue(); // veth leaves it to the receiver
        assertThat(frame.checksumStart()).isEqualTo(frame.transportOffset()).isEqualTo(34);
        assertThat(frame.checksumOffset()).isEqualTo(6);
      }
      assertBalanced(capture);
      assertThat(recorder.batches).isPositive();
      assertThat(capture.filtered()).isZero();
    }
  }

  @Test
  void superFramesCarryTheirSegmentSize() throws IOException {
    for (String host : List.of("10.9.0.2", "fd09::2")) {
      try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "tcp dst port 9001");
          ServerSocket server = peer.call(() -> new ServerSocket(9_001));
          Socket client = pod.call(() -> new Socket(host, 9_001));
          Socket accepted = server.accept()) {
        client.getOutputStream().write(new byte[400_000]);
        accepted.getInputStream().readNBytes(400_000);
        List<Recorder.Seen> frames = drain(capture, capture::stop).to(9_001);
        List<Recorder.Seen> large = frames.stream().filter(f -> f.length() > 1_514).toList();
        assertThat(large).isNotEmpty();
        int type = host.equals("fd09::2") ? Frame.GSO_TCPV6 : Frame.GSO_TCPV4;
        for (Recorder.Seen frame : large) {
          assertThat(frame.gsoType()).isEqualTo(type);
          assertThat(frame.gsoSize()).isBetween(1_200, 1_448);
          assertThat(frame.checksumNeeded()).isTrue();
          assertThat(frame.checksumStart()).isEqualTo(frame.transportOffset());
          assertThat(frame.checksumOffset()).isEqualTo(16);
          assertThat(frame.originalLength()).isEqualTo(frame.length());
        }
        assertBalanced(capture);
        assertThat(capture.filtered()).isPositive(); // what the peer answered
      }
    }
  }

  @Test
  void udpSegmentSendShowsAsOneSuperFrame() {
    try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "");
        UdpSocket out = sender(pod, "10.9.0.2")) {
      assertThat(out.sendSegmented(bytes, 0, 10_500, 1_000)).isZero();
      List<Recorder.Seen> frames = drain(capture, capture::stop).to(PORT);
      assertThat(frames).hasSize(1);
      assertThat(frames.getFirst().gsoType()).isEqualTo(Frame.GSO_UDP_L4);
      assertThat(frames.getFirst().gsoSize()).isEqualTo(1_000);
      assertThat(frames.getFirst().length()).isEqualTo(10_542);
    }
  }

  @Test
  void strippedVlanTagIsKeptAsAFactAndFiltersSeeIt() {
    try (InterfaceCapture all = open("eth0", LoopGuard.NONE, "");
        InterfaceCapture tagged = open("eth0", LoopGuard.NONE, "vlan 100 and udp");
        InterfaceCapture other = open("eth0", LoopGuard.NONE, "vlan 101");
        PacketSender in =
            peer.call(() -> new PacketSender(InterfaceFacts.find("eth0").orElseThrow().index()))) {
      for (int i = 0; i < 2; i++) {
        assertThat(in.send(bytes, 0, writeDatagram(100))).isZero();
      }
      assertThat(in.send(bytes, 0, writeDatagram(0))).isZero();
      sleep(50);
      List<Recorder.Seen> frames = drain(all, all::stop).to(PORT);
      assertThat(frames).hasSize(3);
      assertThat(frames.stream().filter(f -> f.vlanTpid() == 0x8100 && f.vlanTci() == 100))
          .hasSize(2)
          .allMatch(frame -> frame.length() == 142);
      assertThat(drain(tagged, tagged::stop).to(PORT)).hasSize(2);
      assertThat(drain(other, other::stop).frames).isEmpty();
    }
  }

  /** Writes an Ethernet frame with a datagram of 100 bytes, tagged unless {@code vlan} is 0. */
  private int writeDatagram(int vlan) {
    int at = 12;
    Ethernet.put(bytes, 0, 0xFFFF_FFFF_FFFFL, 2L << 40, Ethernet.TYPE_IPV4);
    if (vlan != 0) {
      Bytes.putU16(bytes, at, Ethernet.TYPE_VLAN);
      Bytes.putU16(bytes, at + 2, vlan);
      at += Ethernet.VLAN_TAG_LENGTH;
    }
    Bytes.putU16(bytes, at, Ethernet.TYPE_IPV4);
    at += 2;
    Bytes.putI32(bytes, at, 0x4500_0000 | 128);
    Bytes.putI32(bytes, at + 4, 0);
    Bytes.putI32(bytes, at + 8, 0x4011_0000);
    Bytes.putI32(bytes, at + 12, 0x0A09_0002);
    Bytes.putI32(bytes, at + 16, 0x0A09_0001);
    Ipv4.updateChecksum(bytes, at, 20);
    Bytes.putI32(bytes, at + 20, 1_000 << 16 | PORT);
    Bytes.putI32(bytes, at + 24, 108 << 16);
    return at + 128;
  }

  @Test
  void filterSeesTheSameAsTheInterpreter() {
    Frame frame = new Frame();
    PacketFacts facts = new PacketFacts();
    for (String expression :
        List.of("vlan", "vlan 100", "vlan 7", "udp", "not udp", "len > 145", "ip[2:2] == 128")) {
      try (InterfaceCapture live = open("eth0", LoopGuard.NONE, expression);
          PacketSender in =
              peer.call(
                  () -> new PacketSender(InterfaceFacts.find("eth0").orElseThrow().index()))) {
        boolean[] passes = new boolean[2];
        for (int i = 0; i < 2; i++) {
          int length = writeDatagram(0);
          assertThat(in.send(bytes, 0, writeDatagram(i == 0 ? 0 : 100))).isZero();
          int unused = writeDatagram(0);
          frame.wrap(bytes, 0, length, length, 0).origin(1, 0, false);
          if (i == 1) {
            frame.vlan(Ethernet.TYPE_VLAN, 100);
          }
          passes[i] = live.compile(expression).run(bytes, 0, length, facts.of(frame)) != 0;
          assertThat(unused).isEqualTo(length);
        }
        List<Recorder.Seen> frames = drain(live, live::stop).to(PORT);
        assertThat(frames.stream().anyMatch(seen -> seen.vlanTpid() == 0))
            .as(expression)
            .isEqualTo(passes[0]);
        assertThat(frames.stream().anyMatch(seen -> seen.vlanTpid() != 0))
            .as(expression)
            .isEqualTo(passes[1]);
      }
    }
  }

  @Test
  void countsWhatTheFilterRefuses() {
    // Nothing but these frames: no neighbour discovery, no answers.
    pod.run("sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1");
    peer.run("sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=1");
    pod.run("sysctl", "-qw", "net.ipv4.icmp_ratemask=8", "net.ipv4.icmp_ratelimit=1000000");
    try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "udp dst port 9000 and not icmp");
        UdpSocket in = sender(peer, "10.9.0.1");
        UdpSocket other =
            peer.call(() -> UdpSocket.open(false).connect(Endpoint.parse("10.9.0.1:53", 0)))) {
      send(in, 40, 100);
      send(other, 70, 100);
      Recorder recorder = drain(capture, capture::stop);
      assertBalanced(capture);
      assertThat(recorder.frames).hasSize(40);
      assertThat(capture.filtered()).isBetween(70L, 70L + 110); // with ICMP answers
      assertThat(capture.seen()).isEqualTo(40 + capture.filtered());
    }
  }

  @Test
  void filterIsSwappedWhileRunning() {
    try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "udp dst port 9000");
        UdpSocket in = sender(peer, "10.9.0.1")) {
      send(in, 10, 100);
      capture.filter(capture.compile("tcp"));
      send(in, 20, 100);
      capture.filter(capture.compile(""));
      send(in, 5, 100);
      assertThatThrownBy(() -> capture.compile("udp prot")).isInstanceOf(SettingsException.class);
      List<Recorder.Seen> frames = drain(capture, capture::stop).to(PORT);
      assertThat(frames).hasSize(15);
      assertBalanced(capture);
      assertThat(capture.filtered()).isGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void guardHidesMarkedPacketsAndOwnEndpointsOnly() {
    try (InterfaceCapture marked = open("eth0", LoopGuard.byMark(MARK), "");
        UdpSocket own = sender(pod, "10.9.0.2");
        UdpSocket foreign = sender(pod, "10.9.0.2")) {
      assertThat(own.mark(MARK)).isTrue();
      LoopGuard guard =
          LoopGuard.byOwnTraffic(
              List.of(
                  new OwnTraffic(
                      17, Endpoint.parse("10.9.0.2:9000", 0), List.of(own.localPort()))));
      try (InterfaceCapture byPort = open("eth0", guard, "")) {
        send(own, 7, 100);
        send(foreign, 3, 300);
        for (InterfaceCapture capture : List.of(marked, byPort)) {
          List<Recorder.Seen> frames = drain(capture, capture::stop).to(PORT);
          assertThat(frames).hasSize(3).allMatch(frame -> frame.length() == 342);
          assertBalanced(capture);
        }
      }
    }
  }

  private InterfaceCapture open(String device, String filter, Direction direction) {
    return pod.call(
        () -> InterfaceCapture.open(device, 3, SMALL, LoopGuard.byMark(MARK), filter, direction));
  }

  /** The other direction never reaches the ring, and is counted as filtered. */
  @Test
  void takesTheDirectionThatIsAskedFor() {
    try (InterfaceCapture in = open("eth0", "", Direction.IN);
        InterfaceCapture out = open("eth0", "", Direction.OUT);
        InterfaceCapture both = open("eth0", "", Direction.BOTH);
        UdpSocket sending = sender(pod, "10.9.0.2");
        UdpSocket receiving = sender(peer, "10.9.0.1")) {
      send(sending, 5, 100);
      send(receiving, 7, 100);
      List<Recorder.Seen> received = drain(in, in::stop).frames;
      List<Recorder.Seen> sent = drain(out, out::stop).frames;
      assertThat(received).isNotEmpty().noneMatch(Recorder.Seen::outgoing);
      assertThat(received.stream().filter(one -> one.destinationPort() == PORT)).hasSize(7);
      assertThat(sent).isNotEmpty().allMatch(Recorder.Seen::outgoing);
      assertThat(sent.stream().filter(one -> one.destinationPort() == PORT)).hasSize(5);
      assertThat(drain(both, both::stop).to(PORT)).hasSize(12);
      assertBalanced(in);
      assertBalanced(out);
      assertThat(in.filtered()).isGreaterThanOrEqualTo(5);
      assertThat(out.filtered()).isGreaterThanOrEqualTo(7);
    }
  }

  @Test
  void aDirectionAndAFilterAreBothKept() {
    try (InterfaceCapture capture = open("eth0", "udp dst port 9000", Direction.IN);
        UdpSocket sending = sender(pod, "10.9.0.2");
        UdpSocket receiving = sender(peer, "10.9.0.1")) {
      send(sending, 5, 100);
      send(receiving, 7, 100);
      capture.filter(capture.compile("udp port 9000")); // still of that direction
      send(receiving, 2, 100);
      send(sending, 3, 100);
      assertThat(drain(capture, capture::stop).frames)
          .hasSize(9)
          .noneMatch(Recorder.Seen::outgoing);
      assertThat(capture.filtered()).isGreaterThanOrEqualTo(8);
    }
  }

  /** Each packet of a flow between two tapped pods comes once, from its receiver. */
  @Test
  void receiversOfBothEndsHaveEachPacketOnce() {
    try (InterfaceCapture here = open("eth0", "udp port 9000", Direction.IN);
        InterfaceCapture there =
            peer.call(() ->
                InterfaceCapture.open(
                    "eth0", 4, SMALL, LoopGuard.NONE, "udp port 9000", Direction.IN));
        UdpSocket forth = sender(pod, "10.9.0.2");
        UdpSocket back = sender(peer, "10.9.0.1")) {
      send(forth, 5, 100);
      send(back, 7, 100);
      assertThat(drain(here, here::stop).frames).hasSize(7);
      assertThat(drain(there, there::stop).frames).hasSize(5);
    }
  }

  /** What passes lo is both sent and received: once, whatever is asked for. */
  @Test
  void loopbackHasNoDirection() {
    for (Direction direction : Direction.values()) {
      try (InterfaceCapture capture = open("lo", "udp dst port 9000", direction);
          UdpSocket self = sender(pod, "127.0.0.1")) {
        send(self, 6, 100);
        assertThat(drain(capture, capture::stop).frames).as("%s", direction).hasSize(6);
      }
    }
  }

  @Test
  void loopbackShowsEachPacketOnce() {
    try (InterfaceCapture capture = open("lo", LoopGuard.NONE, "udp dst port 9000");
        UdpSocket self = sender(pod, "127.0.0.1")) {
      send(self, 9, 60_000);
      List<Recorder.Seen> frames = drain(capture, capture::stop).to(PORT);
      assertThat(frames).hasSize(9).noneMatch(Recorder.Seen::outgoing);
      assertThat(frames).allMatch(frame -> frame.length() == 60_042);
    }
  }

  @Test
  void ringOverrunIsCounted() {
    RingSettings tiny = new RingSettings(16_384, 8_192, 5);
    try (InterfaceCapture capture =
            pod.call(
                () -> InterfaceCapture.open("eth0", 0, tiny, LoopGuard.NONE, "udp port 9000"));
        UdpSocket in = sender(peer, "10.9.0.1")) {
      send(in, 490, 1_000);
      Recorder recorder = new Recorder();
      while (capture.poll(recorder) > 0) {
        assertThat(capture.isLosing()).isFalse();
      }
      send(in, 10, 100);
      assertThat(pollUntil(capture, recorder, 10)).isEqualTo(10);
      assertThat(capture.isLosing()).isTrue();
      capture.stop();
      drainInto(capture, recorder);
      assertBalanced(capture);
      assertThat(capture.droppedByKernel()).isGreaterThan(400);
      assertThat(recorder.frames.size() + capture.droppedByKernel()).isEqualTo(500);
      assertThat(capture.freezes()).isPositive();
      assertThat(recorder.frames.getLast().length()).isEqualTo(142);
    }
  }

  @Test
  void frameLongerThanABlockIsCutAndCounted() {
    RingSettings tiny = new RingSettings(65_536, 8_192, 5);
    try (InterfaceCapture capture =
            pod.call(() -> InterfaceCapture.open("lo", 0, tiny, LoopGuard.NONE, "udp port 9000"));
        UdpSocket self = sender(pod, "127.0.0.1")) {
      send(self, 1, 30_000);
      List<Recorder.Seen> frames = drain(capture, capture::stop).to(PORT);
      assertThat(frames).hasSize(1);
      assertThat(frames.getFirst().originalLength()).isEqualTo(30_042);
      assertThat(frames.getFirst().length()).isBetween(8_000, 8_192);
      assertThat(capture.truncated()).isEqualTo(1);
    }
  }

  @Test
  void noFrameOfAnotherInterfaceAndNoneBeforeTheFilterEntersTheRing() throws InterruptedException {
    try (UdpSocket in = sender(peer, "10.9.0.1");
        UdpSocket self = sender(pod, "127.0.0.1")) {
      Thread flood =
          Thread.ofPlatform()
              .start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                  in.sendSegmented(bytes, 0, 100, 100);
                  self.sendSegmented(bytes, 0, 100, 100);
                  Thread.onSpinWait();
                }
              });
      try {
        for (int i = 0; i < 10; i++) {
          try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "tcp")) {
            assertThat(drain(capture, capture::stop).frames).isEmpty();
          }
          try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "udp dst port 9000")) {
            Recorder recorder = new Recorder();
            pollUntil(capture, recorder, 1);
            capture.stop();
            drainInto(capture, recorder);
            assertThat(recorder.frames).isNotEmpty().noneMatch(Recorder.Seen::outgoing);
          }
        }
      } finally {
        flood.interrupt();
        flood.join();
      }
    }
  }

  @Test
  void interfaceThatVanishesComesBackWithItsCounters() {
    try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "udp dst port 9000")) {
      try (UdpSocket in = sender(peer, "10.9.0.1")) {
        send(in, 10, 100);
      }
      assertThat(pod.call(capture::maintain)).isTrue();
      pod.run("ip", "link", "set", "eth0", "down");
      assertThat(pod.call(capture::maintain)).isTrue();
      pod.run("ip", "link", "del", "eth0");
      assertThat(pod.call(capture::maintain)).isFalse();
      assertThat(pod.call(capture::maintain)).isFalse();
      link();
      assertThat(pod.call(capture::maintain)).isTrue();
      assertThat(capture.absences()).isEqualTo(1);
      try (UdpSocket in = sender(peer, "10.9.0.1")) {
        send(in, 15, 100);
      }
      Recorder recorder = drain(capture, capture::stop);
      assertThat(recorder.to(PORT)).hasSize(25);
      assertBalanced(capture);
    }
  }

  @Test
  void severalInterfacesTakeTurns() {
    MultiCapture capture =
        pod.call(() ->
            new MultiCapture(
                List.of(
                    InterfaceCapture.open("eth0", 0, SMALL, LoopGuard.NONE, "udp port 9000"),
                    InterfaceCapture.open("lo", 1, SMALL, LoopGuard.NONE, "udp port 9000"))));
    try (capture;
        UdpSocket in = sender(peer, "10.9.0.1");
        UdpSocket self = sender(pod, "127.0.0.1")) {
      send(in, 4, 100);
      send(self, 6, 100);
      capture.await(1_000);
      Recorder recorder = drain(capture, capture::stop);
      assertThat(recorder.frames.stream().filter(frame -> frame.interfaceIndex() == 0)).hasSize(4);
      assertThat(recorder.frames.stream().filter(frame -> frame.interfaceIndex() == 1)).hasSize(6);
    }
  }

  @Test
  void deviceWithoutLinkHeaderDeliversBareIp() {
    pod.run("ip", "tuntap", "add", "dev", "tun0", "mode", "tun");
    pod.run("ip", "addr", "add", "10.7.0.1/24", "dev", "tun0");
    pod.run("ip", "link", "set", "tun0", "up");
    try (InterfaceCapture capture = open("tun0", LoopGuard.NONE, "")) {
      assertThat(capture.linkType()).isEqualTo(io.podtap.core.packet.LinkType.RAW);
    }
  }

  @Test
  void missingInterfaceAndMissingPrivilegeAreNamed() {
    assertThatThrownBy(() -> open("eth7", LoopGuard.NONE, ""))
        .isInstanceOf(SettingsException.class)
        .hasMessage("interface 'eth7' does not exist; available: lo, eth0");
    AtomicReference<Privileges> left = new AtomicReference<>(Privileges.read());
    assertThatThrownBy(() ->
            pod.call(() -> {
              left.set(Privileges.dropAllBut());
              return new PacketRing(1 << 20, 1 << 18, 10, false);
            }))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("grant CAP_NET_RAW");
    Privileges dropped = Objects.requireNonNull(left.get());
    assertThat(dropped.effective()).isZero();
    assertThat(dropped.describe()).contains("may not capture packets (CAP_NET_RAW)");
    assertThat(Privileges.read().has(Privileges.CAP_NET_RAW)).isTrue();
  }

  @Test
  void netRawAloneIsEnough() {
    Privileges left =
        pod.call(() -> {
          Privileges privileges = Privileges.dropAllBut(Privileges.CAP_NET_RAW);
          InterfaceCapture.open("eth0", 0, SMALL, LoopGuard.byMark(MARK), "vlan 5 or tcp").close();
          return privileges;
        });
    assertThat(left.effective()).isEqualTo(1L << Privileges.CAP_NET_RAW);
    assertThat(left.canMark()).isTrue();
    assertThat(left.noNewPrivileges()).isTrue();
  }

  @Test
  void pathMtuFollowsRouteAndRefusesWhatDoesNotFit() {
    try (UdpSocket out = sender(pod, "10.9.0.2")) {
      out.dontFragment();
      assertThat(out.pathMtu()).isEqualTo(1_500);
      assertThat(out.sendSegmented(bytes, 0, 2_800, 1_400)).isZero();
      pod.run("ip", "link", "set", "eth0", "mtu", "1400");
      assertThat(sendAgain(out, 2_800, 1_400)).isIn(Errno.EMSGSIZE, Errno.EINVAL);
      assertThat(out.pathMtu()).isEqualTo(1_400);
      assertThat(sendAgain(out, 1_400, 1_400)).isEqualTo(Errno.EMSGSIZE);
      pod.run("ip", "route", "replace", "10.9.0.2/32", "dev", "eth0", "mtu", "1300");
      assertThat(sendAgain(out, 1_300, 1_300)).isPositive();
      assertThat(out.pathMtu()).isEqualTo(1_300);
    }
  }

  /** Sends once more when what came back is the answer to an earlier datagram. */
  private int sendAgain(UdpSocket socket, int length, int segmentBytes) {
    int errno = Errno.ECONNREFUSED;
    for (int i = 0; i < 10 && errno == Errno.ECONNREFUSED; i++) {
      errno = socket.sendSegmented(bytes, 0, length, segmentBytes);
    }
    return errno;
  }

  @Test
  void walkingTheRingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Counting counting = new Counting();
    try (InterfaceCapture capture = open("eth0", LoopGuard.NONE, "");
        UdpSocket in = sender(peer, "10.9.0.1")) {
      long allocated = -1;
      for (int round = 0; round < 60; round++) {
        send(in, 1_000, 100);
        sleep(2 * SMALL.retireTimeoutMs());
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        while (capture.poll(counting) > 0) {
          counting.onBatchEnd();
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertThat(counting.frames).isGreaterThan(50_000);
      assertThat(counting.bytes).isGreaterThan(5_000_000);
      assertThat(allocated).isZero();
    }
  }

  private static final class Counting implements FrameHandler {
    long frames;
    long bytes;

    @Override
    public void onFrame(Frame frame) {
      frames++;
      bytes += frame.length();
    }

    @Override
    public void onBatchEnd() {
      bytes++;
    }
  }

  @Test
  void closesEveryDescriptorAndMapping() {
    open("eth0", LoopGuard.NONE, "tcp").close();
    int before = descriptors();
    for (int i = 0; i < 10; i++) {
      open("eth0", LoopGuard.NONE, "vlan and tcp").close();
      assertThatThrownBy(() -> open("eth0", LoopGuard.NONE, "tcp prot"))
          .isInstanceOf(SettingsException.class);
    }
    assertThat(descriptors()).isLessThan(before + 5);
  }

  private static int descriptors() {
    String[] names = new File("/proc/self/fd").list();
    return names == null ? 0 : names.length;
  }
}
