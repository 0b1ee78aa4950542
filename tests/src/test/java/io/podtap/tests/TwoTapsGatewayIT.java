/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both ends of every connection are tapped, a part of one tap's datagrams is lost, and a stock
 * receiver behind the gateway is compared with a capture at the client's interface.
 */
@RequiresRoot
@RequiresTool({"ethtool", "iperf3", "iptables", "tcpdump", "tshark"})
class TwoTapsGatewayIT {

  private static final long BULK_BYTES = 1_000_000;
  private static final int ROUNDS = 20;

  /** What tells packets apart: addresses, identification, ports, TCP's numbers, lengths. */
  private static final String[] IDENTITY = {
    "ip.src",
    "ip.dst",
    "ip.id",
    "ip.len",
    "ip.proto",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.flags",
    "udp.srcport",
    "udp.dstport"
  };

  private static final String OF_CLIENT_AND_POD =
      "ip.addr == 10.80.0.1 && ip.addr == 10.80.0.2 && !icmp";

  /**
   * Those that no other packet looks like. Of the others a copy that comes late, as from a tap that
   * had no CPU for half a second, cannot be told from a packet that was sent again.
   */
  private static final String UNIQUE = OF_CLIENT_AND_POD + " && ip.id != 0";

  @TempDir private Path folder;

  private PodNetwork network;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    network.makeRoomForTunnel();
    network.client().mtu("eth0", 1_600);
    String pod = network.pod().ipv4();
    network.client().namespace().run("ip", "route", "add", pod, "dev", "eth0", "mtu", "1500");
    for (PodNetwork.Host host : List.of(network.client(), network.pod())) {
      host.namespace().run("ethtool", "-K", "eth0", "tso", "off", "gso", "off", "gro", "off");
    }
  }

  @AfterEach
  void removeNetwork() {
    network.close();
  }

  private Program gateway(String... more) {
    List<String> all = new ArrayList<>(List.of("gateway", "--listen", "0.0.0.0:4789"));
    all.addAll(List.of("--queue-bytes", "67108864", "--metrics", "0"));
    all.addAll(List.of("--count-json", folder.resolve("gateway.json").toString()));
    all.addAll(List.of("--to", "tap:mirror0,mtu=1600"));
    all.addAll(List.of(more));
    return Program.start(network.sensor(), folder, "gateway", all.toArray(String[]::new))
        .awaitReady();
  }

  private Program tap(PodNetwork.Host host, String name) throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    return TapRun.startTap(host, own, network.sensor().ipv4());
  }

  private void traffic() {
    String pod = network.pod().ipv4();
    try (Traffic _ =
        new Traffic()
            .serveHttp(network.pod(), 8_080, 30_000)
            .answerDatagrams(network.pod(), 5_353, 120)) {
      Traffic.bulk(network, pod, BULK_BYTES);
      Traffic.bulk(network, pod, BULK_BYTES, "-R");
      for (int i = 0; i < ROUNDS; i++) {
        Traffic.http(network.client(), pod, 8_080);
        Traffic.datagram(network.client(), pod, 5_353, 40 + i);
      }
    }
  }

  private Map<?, ?> member(String name) throws IOException {
    Map<String, Object> counts = Json.object(Files.readString(folder.resolve("gateway.json")));
    return (Map<?, ?>) Objects.requireNonNull(counts.get(name));
  }

  private static long number(Map<?, ?> counts, String name) {
    return (Long) Objects.requireNonNull(counts.get(name));
  }

  /** A tenth of one tap's datagrams never arrives; the receiver sees every packet, and once. */
  @ParameterizedTest(name = "the tap of {0} loses")
  @ValueSource(strings = {"client", "pod"})
  void theReceiverSeesEachPacketOnce(String lossy) throws IOException {
    String from = lossy.equals("client") ? network.client().ipv4() : network.pod().ipv4();
    try (Program gateway = gateway();
        WireCapture wire = WireCapture.start(network.client(), folder, "eth0", "not port 4789");
        WireCapture mirror = WireCapture.start(network.sensor(), folder, "mirror0", "");
        Program first = tap(network.client(), "client");
        Program second = tap(network.pod(), "pod")) {
      lose(from);
      traffic();
      assertThat(first.stop()).as(first.errorOutput()).isZero();
      assertThat(second.stop()).as(second.errorOutput()).isZero();
      wire.stop();
      mirror.stop();
      assertThat(gateway.stop()).as(gateway.errorOutput()).isZero();

      List<String> sent = wire.fields(UNIQUE, IDENTITY);
      assertThat(mirror.fields(UNIQUE, IDENTITY))
          .hasSizeGreaterThan(1_000)
          .containsExactlyInAnyOrderElementsOf(sent);
      Map<?, ?> merged = member("merged");
      long lost = sent.size() - number(merged, "duplicates");
      assertThat(number(merged, "duplicates")).isPositive();
      assertThat(number(merged, "of_one_tap")).as("some %d were lost", lost).isPositive();
      assertThat(number(merged, "early")).isZero();
      assertThat(gateway.errorOutput()).contains("duplicates dropped");
    }
  }

  private void lose(String from) {
    network
        .sensor()
        .namespace()
        .run(
            "iptables",
            "-A",
            "INPUT",
            "-s",
            from,
            "-p",
            "udp",
            "--dport",
            "4789",
            "-m",
            "statistic",
            "--mode",
            "random",
            "--probability",
            "0.1",
            "-j",
            "DROP");
  }

  @Test
  void everyCopyIsHandedOnWhereThatIsAskedFor() throws IOException {
    try (Program gateway = gateway("--duplicates", "keep");
        WireCapture wire = WireCapture.start(network.client(), folder, "eth0", "not port 4789");
        WireCapture mirror = WireCapture.start(network.sensor(), folder, "mirror0", "");
        Program first = tap(network.client(), "client");
        Program second = tap(network.pod(), "pod")) {
      traffic();
      assertThat(first.stop()).as(first.errorOutput()).isZero();
      assertThat(second.stop()).as(second.errorOutput()).isZero();
      wire.stop();
      mirror.stop();
      assertThat(gateway.stop()).as(gateway.errorOutput()).isZero();

      assertThat(mirror.count(OF_CLIENT_AND_POD)).isEqualTo(2 * wire.count(OF_CLIENT_AND_POD));
      assertThat(number(member("merged"), "duplicates")).isZero();
    }
  }
}
