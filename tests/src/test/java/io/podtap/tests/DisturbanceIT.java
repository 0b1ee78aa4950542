/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The world misbehaves; nobody crashes and everything is counted. */
@RequiresRoot
@RequiresTool({"ethtool", "iperf3"})
class DisturbanceIT {

  private static final int BODY_BYTES = 20_000;

  @TempDir private Path folder;

  private PodNetwork network;
  private Traffic application;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    application =
        new Traffic()
            .serveHttp(network.pod(), 80, BODY_BYTES)
            .answerDatagrams(network.pod(), 9_000, 0);
  }

  @AfterEach
  void removeNetwork() {
    application.close();
    network.close();
  }

  @Test
  void aSensorRestartedUnderLoadCostsPacketsAndNothingElse() {
    try (Program first = TapRun.startSensor(network.sensor(), folder, "first");
        Program tap = TapRun.startTap(network.pod(), folder, network.sensor().ipv4())) {
      Traffic.Stream load = Traffic.stream(network.client(), network.pod().ipv4(), 9_000, 200, 5);
      Program.pause(700);
      assertThat(first.stop()).as(first.errorOutput()).isZero();
      Program.pause(700);
      try (Program second = TapRun.startSensor(network.sensor(), folder, "second")) {
        Program.pause(700);
        Traffic.http(network.client(), network.pod().ipv4(), 80);
        long sent = load.stop();
        Program.pause(300);
        assertThat(tap.stop()).as(tap.errorOutput()).isZero();
        Program.pause(200);
        assertThat(second.stop()).as(second.errorOutput()).isZero();

        TapLedger ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance();
        long before = received("first");
        long after = received("second");
        assertThat(ledger.packets()).as("the tap went on all the time").isGreaterThan(sent);
        assertThat(before).isPositive();
        assertThat(after).isPositive();
        assertThat(before + after)
            .as("what nobody took was lost on the way: %s", ledger)
            .isLessThan(ledger.sent());
        assertThat(Logs.connections(folder.resolve("second"), network.pod().ipv4(), 80))
            .singleElement()
            .satisfies(record -> assertThat(record.text("conn_state")).isEqualTo("SF"));
      }
    }
  }

  /**
   * A sensor that saw only a part of a tap's life knows what it received, not what came before it.
   */
  private long received(String sensor) {
    Logs.Row record = Logs.lastTapRecord(folder.resolve(sensor), network.pod().ipv4());
    assertThat(record.count("surplus")).as("%s", record).isZero();
    return record.count("received");
  }

  @Test
  void anOverrunRingIsCounted() {
    try (TapRun run = TapRun.start(network, folder, "--ring-bytes", "262144")) {
      run.tap().signal("STOP");
      Traffic.bulk(network, network.pod().ipv4(), 20_000_000);
      run.tap().signal("CONT");
      Program.pause(500); // until the full ring is read
      Traffic.http(network.client(), network.pod().ipv4(), 80);
      TapLedger ledger = run.finish();

      assertThat(ledger.dropped()).as("%s", ledger).isPositive();
      Logs.Row record = run.tapRecord();
      assertThat(record.count("dropped")).isEqualTo(ledger.dropped());
      assertThat(record.count("received")).isEqualTo(ledger.sent());
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 80))
          .as("what came after was mirrored")
          .singleElement()
          .satisfies(connection -> assertThat(connection.text("conn_state")).isEqualTo("SF"));
    }
  }

  @Test
  void anInterfaceMayGoAndComeBack() {
    network.addSecondCable();
    try (TapRun run = TapRun.start(network, folder, "--interface", "eth0,eth1")) {
      Traffic.http(network.client(), "10.82.0.2", 80);
      network.pod().namespace().run("ip", "link", "del", "eth1");
      Program.pause(500);
      Traffic.http(network.client(), network.pod().ipv4(), 80);
      network.addSecondCable();
      Program.pause(2_500);
      Traffic.http(network.client(), "10.82.0.2", 80);
      run.finish().requireNoLoss();

      assertThat(Logs.connections(run.logs(), "10.82.0.2", 80))
          .as("before and after")
          .hasSize(2)
          .allSatisfy(record -> assertThat(record.text("conn_state")).isEqualTo("SF"));
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 80))
          .as("the other interface, meanwhile")
          .hasSize(1);
    }
  }

  /** A sidecar that ended would take its pod out of service. */
  @Test
  void aTapThatIsToldToWaitsForItsInterface() {
    try (Program tap =
        TapRun.startTap(
            network.pod(),
            folder,
            network.sensor().ipv4(),
            "--interface",
            "eth1",
            "--on-failure",
            "retry")) {
      assertThat(tap.errorLines()).singleElement().asString().contains("'eth1' does not exist");
      network.addSecondCable();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> tap.errorOutput().contains("mirrors eth1"));
      Traffic.http(network.client(), "10.82.0.2", 80);
      Program.pause(300);
      assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      assertThat(Logs.ledger(folder.resolve("tap.json")).requireBalance().sent()).isPositive();
    }
  }

  @Test
  void aHostileSenderDoesNotDisturbTheOthers() {
    long seed = System.nanoTime();
    try (TapRun run = TapRun.start(network, folder)) {
      Thread hostile =
          network
              .client()
              .namespace()
              .thread("hostile", () -> attack(seed, network.sensor().ipv4()));
      while (hostile.isAlive()) {
        Traffic.http(network.client(), network.pod().ipv4(), 80);
      }
      int pages = 1;
      Traffic.http(network.client(), network.pod().ipv6(), 80);
      TapLedger ledger = run.finish().requireNoLoss();

      assertThat(run.sensor().errorOutput())
          .as("seed %d", seed)
          .doesNotContain("Exception", "Error");
      assertThat(Logs.connections(run.logs(), network.pod().ipv6(), 80)).hasSize(pages);
      assertThat(Logs.connections(run.logs(), network.pod().ipv4(), 80))
          .as("seed %d", seed)
          .isNotEmpty()
          .allSatisfy(record -> {
            assertThat(record.text("conn_state")).isEqualTo("SF");
            assertThat(record.count("resp_bytes")).isGreaterThan(BODY_BYTES);
          });
      Logs.Row record = run.tapRecord();
      assertThat(record.count("received") + record.count("lost"))
          .as("seed %d", seed)
          .isEqualTo(ledger.sent());
    }
  }

  /** Random bytes, and tunnels that begin well: truncated, nested, with false lengths. */
  private static void attack(long seed, String sensor) {
    Random random = new Random(seed);
    try (DatagramSocket socket = new DatagramSocket()) {
      InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(sensor), 4_789);
      for (int i = 0; i < 20_000; i++) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 1_472 : 120)];
        random.nextBytes(bytes);
        plausible(bytes, random);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
        if (i % 200 == 0) {
          Program.pause(5);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the first layers of a random datagram believable, as many as chance says. */
  private static void plausible(byte[] bytes, Random random) {
    byte[] layers = {
      8, 0, 0, 0, 0, 0, 1, 0, // VXLAN
      2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, // addresses
      8, 0, // IPv4
      0x45
    };
    byte[][] types = {
      {8, 0}, {(byte) 0x86, (byte) 0xDD}, {(byte) 0x81, 0}, {(byte) 0x88, (byte) 0xB5}
    };
    byte[] type = types[random.nextInt(types.length)];
    layers[20] = type[0];
    layers[21] = type[1];
    layers[22] = (byte) (type[0] == 8 ? 0x40 | random.nextInt(16) : 0x60);
    int layersKept = random.nextInt(layers.length + 1);
    System.arraycopy(layers, 0, bytes, 0, Math.min(layersKept, bytes.length));
  }

  @Test
  void aTapEndsWithinASecondOfTheSignal() {
    try (TapRun run = TapRun.start(network, folder)) {
      Traffic.Stream load = Traffic.stream(network.client(), network.pod().ipv4(), 9_000, 200, 5);
      Program.pause(300);
      long start = System.nanoTime();
      int code = run.tap().stop();
      long tookNs = System.nanoTime() - start;
      load.stop();

      assertThat(code).as(run.tap().errorOutput()).isZero();
      assertThat(Duration.ofNanos(tookNs)).isLessThan(Duration.ofSeconds(1));
      assertThat(run.ledger().sent()).isPositive();
    }
  }
}
