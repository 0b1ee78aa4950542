/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.capture.RingSettings;
import io.podtap.core.testing.LossyPath;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.shed.ShedSettings;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.stream.StreamSettings;
import io.podtap.tap.testing.Blocks;
import io.podtap.tap.testing.Certificates;
import io.podtap.tap.testing.StreamPeer;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole tap whose transport is TLS, between namespaces. */
@RequiresRoot
final class StreamIT {

  private static final int PORT = 6_343;
  private static final int WAIT_SECONDS = 20;

  /** Of the frame's own: a stream that is read half-way has its complaints too. */
  private static final String COMPLAINTS =
      "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
          + " || _ws.malformed || ip.bogus_ip_length || ip.flags.mf == 1 || ip.frag_offset > 0"
          + " || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment";

  @TempDir private static Path folder;
  private static Certificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = new Certificates(folder);
  }

  private static TapSettings settings(String sensors, String filter) {
    return new TapSettings(
        new SourceSettings.Live(
            List.of("eth0"), RingSettings.DEFAULT.withRingBytes(32 << 20), filter),
        SegmentSettings.DEFAULT,
        new EncapsulationSettings(Encapsulation.VXLAN, 0),
        SendSettings.of(SendSettings.parse(sensors, PORT), SendMode.JOINED),
        1,
        true,
        Optional.of(
            new TlsSettings(
                certificates.files("tap"), List.of(Certificates.SENSOR), StreamSettings.DEFAULT)),
        ShedSettings.NONE);
  }

  private static StreamPeer peer(NetworkNamespace host, String address) {
    return host.call(() -> new StreamPeer(certificates.trust("sensor"), address, PORT));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static boolean isConnected(RunningTap tap, int sensors) {
    return tap.tap.ledger().sensors().stream()
            .filter(one -> one.stream().orElseThrow().connected())
            .count()
        == sensors;
  }

  /** Sends bytes over TCP from one namespace to another and waits until they have arrived. */
  private static void transfer(
      NetworkNamespace from, NetworkNamespace to, String address, int port, int bytes)
      throws Exception {
    try (ServerSocket server = to.call(() -> new ServerSocket(port));
        Socket client = from.call(() -> new Socket(address, port));
        Socket accepted = server.accept()) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try (OutputStream out = client.getOutputStream()) {
                  out.write("x".repeat(bytes).getBytes(StandardCharsets.US_ASCII));
                } catch (java.io.IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(accepted.getInputStream().readAllBytes()).hasSize(bytes);
      writer.join();
    }
  }

  private static String run(String... command) throws Exception {
    Path out = Files.createTempFile(folder, "run", ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s", Files.readString(out)).isZero();
    return Files.readString(out);
  }

  private static List<String> tshark(Path file, String filter) throws Exception {
    return run(
            "tshark",
            "-r",
            file.toString(),
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
            "-Y",
            filter)
        .lines()
        .filter(line -> !line.startsWith("Running as user"))
        .toList();
  }

  /** Plain openssl takes the stream; Wireshark's tools read what it wrote. */
  @Test
  void opensslTakesItAndTsharkReadsIt() throws Exception {
    Path file = folder.resolve("stream.pcapng");
    Path sensor = certificates.path("sensor");
    try (Topology topology = new Topology(1_500)) {
      Process openssl =
          topology.sensor.start(
              "sh",
              "-c",
              "exec openssl s_server -accept 10.9.0.3:6343 -tls1_3 -quiet -naccept 1 -Verify 2"
                  + " -verify_return_error -cert "
                  + sensor.resolve("tls.crt")
                  + " -key "
                  + sensor.resolve("tls.key")
                  + " -CAfile "
                  + sensor.resolve("ca.crt")
                  + " > "
                  + file
                  + " 2> "
                  + folder.resolve("openssl.txt"));
      Ledger.Snapshot ledger;
      try (RunningTap tap =
          new RunningTap(topology.pod, settings("10.9.0.3", "tcp or udp or arp"))) {
        await("a connection", () -> isConnected(tap, 1));
        transfer(topology.pod, topology.client, "10.9.0.1", 7_001, 3_000_000);
        transfer(topology.client, topology.pod, "fd09::2", 7_002, 3_000_000);
        ledger = tap.finish();
      }
      assertThat(openssl.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.failures()).as("%s", ledger).isZero();
      assertThat(ledger.waiting()).isZero();
      Blocks blocks = Blocks.read(Files.readAllBytes(file));
      assertThat(blocks.packets()).hasSize((int) ledger.sent());
      assertThat(blocks.packets()).allMatch(packet -> packet.length <= 1_514);
      Blocks.Report last = blocks.reports().getLast();
      assertThat(last.text()).contains("\nstate=stop\n", "\nnamespace=test\n");
      assertThat(last.count("lane.sent")).isEqualTo(ledger.sent());
      assertThat(last.count("sent")).isEqualTo(ledger.sent());
    }
    assertThat(
            tshark(file, COMPLAINTS + " || tcp.port == 6343 || frame.packet_flags_direction == 0"))
        .isEmpty();
    String facts = run("capinfos", file.toString());
    assertThat(facts)
        .contains("podtap.namespace=test", "podtap.pod=pod", "Name = eth0")
        .contains("Description = pod test/pod", "Filter string = tcp or udp or arp");
    run("editcap", file.toString(), folder.resolve("copy.pcapng").toString());
  }

  /** Peers are killed in the midst of traffic: every packet is sent or failed, received or lost. */
  @Test
  void aKilledSensorCostsWhatWasOnItsWayAndNoMore() throws Exception {
    try (Topology topology = new Topology(1_500);
        StreamPeer peer = peer(topology.sensor, "10.9.0.3")) {
      Ledger.Snapshot ledger;
      try (RunningTap tap = new RunningTap(topology.pod, settings("10.9.0.3", "tcp"))) {
        await("a connection", () -> isConnected(tap, 1));
        for (int round = 0; round < 3; round++) {
          int connections = peer.received().size() + 1;
          Thread killer =
              Thread.ofPlatform()
                  .start(() -> {
                    try {
                      Thread.sleep(20);
                      peer.kill();
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  });
          transfer(topology.pod, topology.client, "10.9.0.1", 7_001, 5_000_000);
          killer.join();
          await("another connection", () -> peer.received().size() >= connections);
        }
        ledger = tap.finish();
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.waiting()).isZero();
      assertThat(ledger.packets()).isEqualTo(ledger.sent() + ledger.failures());
      long received = 0;
      long lost = 0;
      for (byte[] bytes : peer.received()) {
        Blocks blocks = Blocks.read(bytes);
        if (!blocks.reports().isEmpty()) {
          lost = blocks.reports().getFirst().count("lane.sent") - received;
          assertThat(lost).isNotNegative();
          received += blocks.packets().size();
        }
      }
      assertThat(received + lost).isEqualTo(ledger.sent());
    }
  }

  /** Flows of a sensor that is gone go to the other one, and come back. */
  @Test
  void failsOverAndComesBack() throws Exception {
    try (Topology topology = new Topology(1_500);
        StreamPeer first = peer(topology.sensor, "10.9.0.3");
        StreamPeer second = peer(topology.sensor2, "10.9.0.4")) {
      List<StreamPeer> peers = new ArrayList<>(List.of(first, second));
      try (RunningTap tap = new RunningTap(topology.pod, settings("10.9.0.3,10.9.0.4", "tcp"))) {
        await("both", () -> isConnected(tap, 2));
        first.end();
        await("the loss", () -> isConnected(tap, 1));
        Thread.sleep(2_600);
        Ledger.Snapshot before = tap.tap.ledger();
        for (int port = 7_100; port < 7_110; port++) {
          transfer(topology.pod, topology.client, "10.9.0.1", port, 10_000);
        }
        Thread.sleep(1_500);
        Ledger.Snapshot after = tap.tap.ledger();
        assertThat(after.sensors().getFirst().stream().orElseThrow().waiting())
            .isEqualTo(before.sensors().getFirst().stream().orElseThrow().waiting());
        assertThat(after.sent()).isGreaterThan(before.sent() + 100);
        peers.add(peer(topology.sensor, "10.9.0.3"));
        await("both again", () -> isConnected(tap, 2));
        Thread.sleep(600);
        for (int port = 7_200; port < 7_220; port++) {
          transfer(topology.pod, topology.client, "10.9.0.1", port, 10_000);
        }
        Ledger.Snapshot ledger = tap.finish();
        assertThat(ledger.balanced()).as("%s", ledger).isTrue();
        assertThat(ledger.failures()).isZero();
      }
      await(
          "packets", () -> !Blocks.read(peers.getLast().received().getLast()).packets().isEmpty());
      peers.getLast().end();
    }
  }

  /**
   * One frame of a hundred gets lost on the way and each takes 50 ms: TCP repairs it, the queue
   * waits.
   */
  @Test
  void losesNothingOnAPathThatLosesAndDelays() throws Exception {
    try (Topology topology = new Topology(1_500);
        LossyPath path = new LossyPath(topology.pod, topology.sensor, "eth1", 0.01, 50, 7)) {
      topology.pod.address("eth1", "10.11.0.2/24");
      topology.sensor.address("eth1", "10.11.0.3/24");
      Ledger.Snapshot ledger;
      try (StreamPeer peer = peer(topology.sensor, "10.11.0.3");
          RunningTap tap = new RunningTap(topology.pod, settings("10.11.0.3", "tcp"))) {
        await("a connection", () -> isConnected(tap, 1));
        // No more: TCP gets some 150 kB a second through.
        transfer(topology.pod, topology.client, "10.9.0.1", 7_001, 500_000);
        await("an empty queue", () -> tap.tap.ledger().waiting() == 0);
        ledger = tap.finish();
        await("the end of the stream", () -> received(peer).contains("\nstate=stop\n"));
        assertThat(ledger.balanced()).as("%s", ledger).isTrue();
        assertThat(ledger.failures()).as("%s", ledger).isZero();
        Blocks blocks = Blocks.read(peer.received().getLast());
        assertThat(blocks.packets()).hasSize((int) ledger.sent());
        assertThat(blocks.reports().getLast().count("lane.sent")).isEqualTo(ledger.sent());
      }
      assertThat(path.lost()).as("of %d frames", path.passed()).isPositive();
    }
  }

  private static String received(StreamPeer peer) {
    return new String(peer.received().getLast(), StandardCharsets.ISO_8859_1);
  }

  /** Nobody listens: the tap ends in time and says what it could not send. */
  @Test
  void endsInTimeWithoutASensor() throws Exception {
    try (Topology topology = new Topology(1_500);
        RunningTap tap = new RunningTap(topology.pod, settings("10.9.0.3", "tcp"))) {
      transfer(topology.pod, topology.client, "10.9.0.1", 7_001, 100_000);
      Thread.sleep(300);
      long begin = System.nanoTime();
      Ledger.Snapshot ledger = tap.finish(); // which waits for 200 ms first
      assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_200));
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(ledger.sent()).isZero();
      assertThat(ledger.packets()).isPositive();
      assertThat(ledger.failed().getFirst().name()).isEqualTo("given_up");
      assertThat(ledger.sensors().getFirst().stream().orElseThrow().problem())
          .contains("connection refused");
    }
  }
}
