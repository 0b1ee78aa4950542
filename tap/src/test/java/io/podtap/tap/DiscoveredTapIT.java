/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.testing.RequiresRoot;
import io.podtap.tap.discover.ClusterCertificate;
import io.podtap.tap.discover.Discovery;
import io.podtap.tap.discover.Objects;
import io.podtap.tap.discover.ScriptedApiServer;
import io.podtap.tap.discover.SensorSet;
import io.podtap.tap.discover.SensorTarget;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.ledger.LedgerText;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packets of a pod reach the sensors that the API has, as these become ready and go. */
@RequiresRoot
final class DiscoveredTapIT {

  @TempDir private Path folder;

  /** Joins as the command does. */
  private static Tap.SensorFeed feed(Discovery discovery) {
    return new Tap.SensorFeed() {
      @Override
      public @Nullable SensorSet poll() {
        return discovery.poll();
      }

      @Override
      public Map<String, String> report() {
        return LedgerText.report(discovery.status());
      }
    };
  }

  private static void datagrams(Topology topology, int count, int length) {
    try (DatagramSocket sender = topology.pod.call(() -> new DatagramSocket())) {
      for (int i = 0; i < count; i++) {
        sender.send(
            new DatagramPacket(new byte[length], length, new InetSocketAddress("10.9.0.1", 7_001)));
      }
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(String what, long milliseconds, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + milliseconds * 1_000_000;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(10);
    }
  }

  private static boolean sendsTo(RunningTap tap, String sensor) {
    return tap.tap.ledger().sensors().stream().anyMatch(one -> one.address().equals(sensor));
  }

  @Test
  void followsReadinessAndNeverStops() throws Exception {
    ClusterCertificate certificate = ClusterCertificate.make();
    Files.writeString(folder.resolve("token"), "token-1");
    Files.writeString(folder.resolve("ca.crt"), certificate.pem());
    try (Topology topology = new Topology(1_500);
        ScriptedApiServer api = new ScriptedApiServer(certificate);
        Discovery discovery =
            Discovery.start(
                SensorTarget.parse("zeek.security", "").orElseThrow(),
                new Discovery.Settings(
                    new ServiceAccount("127.0.0.1", api.port(), folder, ""), "", 1, 4_789, "vxlan"),
                line -> {})) {
      TapIT.cutTunnel(topology);
      List<byte[]> first;
      List<byte[]> second;
      Ledger.Snapshot ledger;
      try (SensorCapture one =
              new SensorCapture(topology.sensor, folder.resolve("1.pcap"), "udp port 4789");
          SensorCapture two =
              new SensorCapture(topology.sensor2, folder.resolve("2.pcap"), "udp port 4789");
          RunningTap tap =
              new RunningTap(
                  topology.pod,
                  new TapSettings(
                      RunningTap.settings("eth0", "10.9.0.3", "udp port 7001").source(),
                      RunningTap.settings("eth0", "10.9.0.3", "").segment(),
                      RunningTap.settings("eth0", "10.9.0.3", "").encapsulation(),
                      SendSettings.of(List.of(), SendMode.JOINED, 8),
                      1,
                      true),
                  true,
                  made -> made.follow(feed(discovery)))) {
        datagrams(topology, 5, 99); // held until there is a sensor
        api.put("a", Objects.pod("a", "n", true, "10.9.0.3"));
        await("the first sensor", 4_000, () -> sendsTo(tap, "10.9.0.3:4789"));
        datagrams(topology, 10, 100);
        Thread.sleep(300);
        api.put("b", Objects.pod("b", "n", true, "10.9.0.4"));
        api.put("a", Objects.pod("a", "n", false, "10.9.0.3"));
        await(
            "the second sensor alone",
            4_000,
            () -> sendsTo(tap, "10.9.0.4:4789") && !sendsTo(tap, "10.9.0.3:4789"));
        datagrams(topology, 10, 101);
        Thread.sleep(300);
        api.put("b", Objects.pod("b", "n", false, "10.9.0.4"));
        await("no sensor", 4_000, () -> tap.tap.ledger().sensors().isEmpty());
        datagrams(topology, 7, 102);
        ledger = tap.finish();
        first = SensorCapture.inner(one.frames());
        second = SensorCapture.inner(two.frames());
      }
      assertThat(ledger.balanced()).as("%s", ledger).isTrue();
      assertThat(first.stream().map(frame -> frame.length - 42)).hasSize(15).containsOnly(99, 100);
      assertThat(second.stream().map(frame -> frame.length - 42)).hasSize(10).containsOnly(101);
      assertThat(ledger.interfaces().getFirst().failed())
          .containsExactly(new Ledger.Count("no_sensor", 7));
    }
  }
}
