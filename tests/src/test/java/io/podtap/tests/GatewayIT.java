/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway between a tap and tools that have never heard of one. */
@RequiresRoot
@RequiresTool({"ethtool", "iperf3", "tcpdump", "tshark", "capinfos"})
class GatewayIT {

  private static final int REQUESTS = 20;
  private static final long BULK_BYTES = 4_000_000;
  private static final String METRICS = "9102";

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

  private Program gateway(String... arguments) {
    List<String> all = new ArrayList<>(List.of("gateway", "--metrics", METRICS));
    all.addAll(List.of("--count-json", folder.resolve("gateway.json").toString()));
    all.addAll(List.of(arguments));
    return Program.start(network.sensor(), folder, "gateway", all.toArray(String[]::new))
        .awaitReady();
  }

  private void traffic() {
    try (Traffic _ = new Traffic().serveHttp(network.pod(), 80, 500)) {
      for (int i = 0; i < REQUESTS; i++) {
        Traffic.http(network.client(), network.pod().ipv4(), 80);
      }
    }
    Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES);
    Traffic.bulk(network, network.pod().ipv6(), BULK_BYTES, "-R");
  }

  /** Waits until a program has counted so far, as its metrics say once a second. */
  private static void awaitMetric(PodNetwork.Host host, String line) {
    for (int i = 0; i < 600; i++) {
      if (host.namespace().call(GatewayIT::metrics).contains("\n" + line + "\n")) {
        return;
      }
      Program.pause(100);
    }
    throw new AssertionError("never came: " + line);
  }

  private static String metrics() throws IOException {
    URI metrics = URI.create("http://127.0.0.1:" + METRICS + "/metrics");
    try (InputStream in = metrics.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Map<String, Object> counts() throws IOException {
    return Json.object(Files.readString(folder.resolve("gateway.json")));
  }

  @SuppressWarnings("unchecked") // the form of the document
  private static Map<String, Object> output(Map<String, Object> counts, String name) {
    return ((List<Map<String, Object>>) Objects.requireNonNull(counts.get("outputs")))
        .stream()
            .filter(output -> String.valueOf(output.get("name")).startsWith(name))
            .findFirst()
            .orElseThrow();
  }

  private static long number(Map<String, Object> output, String member, String key) {
    Map<?, ?> inner = (Map<?, ?>) Objects.requireNonNull(output.get(member));
    return (Long) Objects.requireNonNull(inner.get(key));
  }

  @Test
  void anEncryptedStreamComesOutCleanAtEveryOutputAndAddsUp() throws IOException {
    Certificates certificates = Certificates.make(folder, network.sensor().ipv4());
    Path captures = folder.resolve("captures");
    try (Program gateway =
            gateway(
                "--listen",
                "0.0.0.0:6343",
                "--cert",
                certificates.file(Certificates.SENSOR, "tls.crt"),
                "--key",
                certificates.file(Certificates.SENSOR, "tls.key"),
                "--ca",
                certificates.file(Certificates.SENSOR, "ca.crt"),
                "--queue-bytes",
                "67108864",
                "--to",
                "tap:mirror0 vxlan:127.0.0.1:4789,vni=42",
                "--to",
                "pcap:" + captures + ",rotate=1MB");
        WireCapture mirror = WireCapture.start(network.sensor(), folder, "mirror0", "");
        WireCapture tunnel = WireCapture.start(network.sensor(), folder, "lo", "udp port 4789")) {
      TapLedger ledger;
      try (Program tap =
          TapRun.startTap(
              network.pod(),
              folder,
              network.sensor().ipv4(),
              "--transport",
              "tls",
              "--metrics",
              METRICS,
              "--queue-bytes",
              "67108864",
              "--cert",
              certificates.file(Certificates.TAP, "tls.crt"),
              "--key",
              certificates.file(Certificates.TAP, "tls.key"),
              "--ca",
              certificates.file(Certificates.TAP, "ca.crt"))) {
        traffic();
        Program.pause(1_000); // the metrics are a second old at most
        awaitMetric(
            network.pod(),
            "podtap_tap_stream_waiting_packets{sensor=\"%s:6343\"} 0"
                .formatted(network.sensor().ipv4()));
        assertThat(tap.stop()).as(tap.errorOutput()).isZero();
        ledger = Logs.ledger(folder.resolve("tap.json")).requireBalance();
      }
      awaitMetric(network.sensor(), "podtap_gateway_frames_total " + ledger.sent());
      mirror.stop();
      tunnel.stop();
      assertThat(gateway.stop()).as(gateway.errorOutput()).isZero();

      Map<String, Object> counts = counts();
      assertThat(counts.get("frames")).isEqualTo(ledger.sent());
      for (String output : List.of("tap:", "vxlan:", "pcap:")) {
        assertThat(output(counts, output))
            .containsEntry("offered", ledger.sent())
            .containsEntry("written", ledger.sent())
            .containsEntry("waiting", 0L)
            .containsEntry("failed", Map.of());
      }
      assertThat(mirror.countsWithoutComplaint("frame", "http.request"))
          .containsExactly(ledger.sent(), (long) REQUESTS);
      assertThat(
              tunnel.countsWithoutComplaint(
                  "vxlan.vni == 42 && eth.type != 0x88b5",
                  "ip.flags.mf == 1 || ip.frag_offset > 0"))
          .as("packets, fragments")
          .containsExactly(number(output(counts, "vxlan:"), "tunnel", "sent"), 0L);
      assertThat(packetsIn(captures)).isEqualTo(ledger.sent());
    }
  }

  private static long packetsIn(Path captures) throws IOException {
    long packets = 0;
    try (Stream<Path> files = Files.list(captures)) {
      for (Path file : files.toList()) {
        assertThat(file.toString()).endsWith(".pcapng");
        List<String> lines = Commands.lines("capinfos", "-c", "-M", "-T", "-r", file.toString());
        packets += Long.parseLong(lines.getLast().split("\t", -1)[1]);
      }
    }
    return packets;
  }

  @Test
  void whoReadsPcapOverTcpKnowsThePods() throws Exception {
    try (Program gateway =
            gateway("--listen", "0.0.0.0:4789", "--to", "tcp:127.0.0.1:57012,format=pcapng");
        Program tap =
            Program.start(
                    List.of("ip", "netns", "exec", network.pod().namespace().name()),
                    Map.of("POD_NAME", "shop-1", "POD_NAMESPACE", "shop"),
                    folder,
                    "tap",
                    "tap",
                    "--interface",
                    "eth0",
                    "--sensor",
                    network.sensor().ipv4(),
                    "--vni",
                    "42",
                    "--metrics",
                    "0")
                .awaitReady()) {
      Process tshark =
          network
              .sensor()
              .namespace()
              .start(
                  "tshark",
                  "-n",
                  "-l",
                  "-i",
                  "TCP@127.0.0.1:57012",
                  "-Y",
                  "http.request",
                  "-T",
                  "fields",
                  "-e",
                  "frame.interface_name",
                  "-e",
                  "http.request.method",
                  "-c",
                  "1000");
      try (Traffic _ = new Traffic().serveHttp(network.pod(), 80, 500);
          var lines = tshark.inputReader()) {
        // requests go on until one is read: tshark takes a moment to connect
        String line = "";
        for (int i = 0; i < 200 && !line.endsWith("\tGET"); i++) {
          Traffic.http(network.client(), network.pod().ipv4(), 80);
          Program.pause(50);
          line = lines.ready() ? lines.readLine() : line;
        }
        assertThat(line).isEqualTo("shop/shop-1\tGET");
      } finally {
        tshark.destroy();
      }
      assertThat(tap.stop()).isZero();
      assertThat(gateway.stop()).as(gateway.errorOutput()).isZero();
    }
  }

  @Test
  void aDiskThatIsFullCostsCountedFramesAndNobodyElseAny() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Commands.run("mount", "-t", "tmpfs", "-o", "size=1m", "podtap-test", disk.toString());
    try (Program gateway =
            gateway(
                "--listen",
                "0.0.0.0:4789",
                "--queue-bytes",
                "67108864",
                "--to",
                "pcap:" + disk + " vxlan:127.0.0.1:4790");
        DatagramSocket sink = new DatagramSocket(0)) {
      assertThat(sink.isBound()).isTrue();
      TapLedger ledger;
      try (Program tap = TapRun.startTap(network.pod(), folder, network.sensor().ipv4())) {
        traffic();
        assertThat(tap.stop()).as(tap.errorOutput()).isZero();
        ledger = Logs.ledger(folder.resolve("tap.json")).requireNoLoss();
      }
      assertThat(gateway.stop()).as(gateway.errorOutput()).isZero();
      Map<String, Object> files = output(counts(), "pcap:");
      long lost = number(files, "failed", "not_written");
      assertThat(lost).isPositive();
      assertThat(files).containsEntry("written", ledger.sent() - lost);
      assertThat(packetsIn(disk)).isEqualTo(ledger.sent() - lost);
      assertThat(output(counts(), "vxlan:")).containsEntry("written", ledger.sent());
      assertThat(gateway.errorOutput()).contains("output pcap:").contains("No space left");
    } finally {
      Commands.run("umount", disk.toString());
    }
  }

  @Test
  void aTunnelBackIntoItselfIsRefused() {
    try (Program gateway =
        Program.start(
            network.sensor(),
            folder,
            "loop",
            "gateway",
            "--listen",
            "0.0.0.0:4789",
            "--to",
            "vxlan:" + network.sensor().ipv4())) {
      assertThat(gateway.await()).isEqualTo(2);
      assertThat(gateway.errorOutput()).contains("forwards to its own listener vxlan:0.0.0.0:4789");
    }
  }
}
