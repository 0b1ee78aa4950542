/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tap that runs is told something else: by annotations, in a folder that changes as the kubelet
 * changes it, and by a file and SIGHUP. What its sensor gets is captured on the wire.
 */
@RequiresRoot
@RequiresTool({"ethtool", "tcpdump", "tshark"})
class LivePolicyIT {

  private static final int PORT_A = 5_001;
  private static final int PORT_B = 5_002;
  private static final int DATAGRAMS = 50;
  private static final int PAYLOAD_BYTES = 400;

  @TempDir private Path folder;

  private PodNetwork network;
  private int versions;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
  }

  @AfterEach
  void removeNetwork() {
    network.close();
  }

  /** Writes annotations as the kubelet does: a new folder, and a link to it that is exchanged. */
  private void annotate(String... lines) throws IOException {
    Path volume = Files.createDirectories(folder.resolve("pod"));
    Path version = Files.createDirectory(volume.resolve("..v" + ++versions));
    Files.writeString(version.resolve("annotations"), String.join("\n", lines));
    Path link = volume.resolve("..data_tmp");
    Files.createSymbolicLink(link, version.getFileName());
    Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    Path file = volume.resolve("annotations");
    if (!Files.isSymbolicLink(file)) {
      Files.createSymbolicLink(file, Path.of("..data", "annotations"));
    }
  }

  /** Sends from client to pod, to both ports in turn. */
  private void datagrams() {
    network
        .client()
        .namespace()
        .call(() -> {
          try (DatagramSocket socket = new DatagramSocket(6_000)) {
            for (int i = 0; i < DATAGRAMS; i++) {
              for (int port : new int[] {PORT_A, PORT_B}) {
                InetSocketAddress to = new InetSocketAddress(network.pod().ipv4(), port);
                socket.send(new DatagramPacket(new byte[PAYLOAD_BYTES], PAYLOAD_BYTES, to));
              }
            }
            return null;
          }
        });
  }

  private static void awaitLine(Program tap, String line) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!tap.errorLines().contains("podtap: " + line)) {
      assertThat(System.nanoTime()).as("%s in %s", line, tap.errorOutput()).isLessThan(end);
      Program.pause(50);
    }
  }

  private Traffic listening() {
    return new Traffic()
        .answerDatagrams(network.pod(), PORT_A, 0)
        .answerDatagrams(network.pod(), PORT_B, 0);
  }

  private static String to(int port) {
    return "vxlan && udp.dstport == " + port + " && udp.srcport == 6000";
  }

  @Test
  void annotationsTakeEffectOnATapThatRuns() throws IOException {
    annotate("podtap.io/vni=\"42\"", "podtap.io/filter=\"udp port 5001\"", "other=\"x\"");
    try (Traffic _ = listening();
        WireCapture wire = WireCapture.start(network.sensor(), folder);
        Program tap =
            TapRun.startTap(
                network.pod(),
                folder,
                network.sensor().ipv4(),
                "--filter",
                "udp port 5001",
                "--annotations",
                folder.resolve("pod/annotations").toString())) {
      datagrams();
      annotate("podtap.io/vni=\"42\"", "podtap.io/filter=\"udp port 5002\"", "other=\"y\"");
      awaitLine(tap, "filter changed from 'udp port 5001' to 'udp port 5002'");
      datagrams();
      annotate("podtap.io/vni=\"43\"", "podtap.io/filter=\"udp prt 5001\"");
      awaitLine(
          tap, "podtap.io/vni cannot change while the tap runs: '43' takes effect in a new pod");
      awaitRefusal(tap);
      datagrams();
      annotate(
          "podtap.io/vni=\"43\"",
          "podtap.io/filter=\"udp portrange 5001-5002\"",
          "podtap.io/snaplen=\"80\"",
          "podtap.io/direction=\"in\"");
      awaitLine(tap, "snaplen changed from '262144' to '80'");
      datagrams();
      annotate("podtap.io/direction=\"out\"", "podtap.io/filter=\"\"");
      awaitLine(tap, "direction changed from 'in' to 'out'");
      datagrams();
      Program.pause(500); // the ring's last block
      assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      wire.stop();

      // 1st: A; 2nd: B; 3rd: B; 4th: both, cut; 5th: none
      assertThat(wire.counts(to(PORT_A), to(PORT_B), to(PORT_A) + " && frame.len < 200"))
          .containsExactly(2L * DATAGRAMS, 3L * DATAGRAMS, (long) DATAGRAMS);
      TapLedger ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance().requireNoLoss();
      assertThat(ledger.filtered()).isGreaterThanOrEqualTo(5 * DATAGRAMS);
      Map<?, ?> policy = policy();
      assertThat(policy.get("refused")).isEqualTo(1L);
      assertThat(policy.get("at_next_start")).isEqualTo(2L);
      assertThat(events(policy))
          .contains(
              "filter changed 'udp port 5001' 'udp port 5002'",
              "filter refused 'udp port 5002' 'udp prt 5001'",
              "snaplen changed '262144' '80'",
              "vni at_next_start '42' '43'");
    }
  }

  private static void awaitRefusal(Program tap) {
    String start = "podtap: podtap.io/filter is refused, 'udp port 5002' stays: filter";
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (tap.errorLines().stream().noneMatch(line -> line.startsWith(start))) {
      assertThat(System.nanoTime()).as(tap.errorOutput()).isLessThan(end);
      Program.pause(50);
    }
  }

  private Map<?, ?> policy() throws IOException {
    Map<String, Object> counts = Json.object(Files.readString(folder.resolve("tap.json")));
    return (Map<?, ?>) Objects.requireNonNull(counts.get("policy"));
  }

  private static List<String> events(Map<?, ?> policy) {
    List<String> lines = new ArrayList<>();
    for (Object event : (List<?>) Objects.requireNonNull(policy.get("events"))) {
      Map<?, ?> one = (Map<?, ?>) event;
      lines.add(
          "%s %s '%s' '%s'"
              .formatted(one.get("option"), one.get("outcome"), one.get("from"), one.get("to")));
    }
    return lines;
  }

  @Test
  void aTapMadeByHandReadsItsFileAtSighup() throws IOException {
    Path file = Files.writeString(folder.resolve("policy"), "filter=udp port 5001\n");
    try (Traffic _ = listening();
        WireCapture wire = WireCapture.start(network.sensor(), folder);
        Program tap =
            TapRun.startTap(
                network.pod(),
                folder,
                network.sensor().ipv4(),
                "--policy",
                file.toString(),
                "--send",
                "single")) {
      datagrams();
      tap.signal("HUP");
      awaitLine(tap, file + " was read again: nothing changes");
      Files.writeString(file, "filter=udp port 5002\nheaders-only=5002\n");
      tap.signal("HUP");
      awaitLine(tap, "filter changed from 'udp port 5001' to 'udp port 5002'");
      awaitLine(tap, "headers-only changed from '' to '5002'");
      datagrams();
      Program.pause(500); // the ring's last block
      assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      wire.stop();

      assertThat(wire.counts(to(PORT_A), to(PORT_B), to(PORT_B) + " && frame.len < 200"))
          .containsOnly((long) DATAGRAMS);
      Logs.ledger(folder.resolve("tap.json")).requireBalance().requireNoLoss();
      assertThat(policy().get("changed")).isEqualTo(2L);
    }
  }
}
