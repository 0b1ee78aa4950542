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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Packets over TLS with other people's programs at one end: what a tap sends is a capture file to
 * them, and what they send a sensor reads as a tap's.
 */
@RequiresRoot
@RequiresTool({"openssl", "socat", "tshark", "capinfos", "editcap", "ethtool", "iperf3"})
class StreamInteropIT {

  private static final int PORT = 6_343;
  private static final int REQUESTS = 20;
  private static final long BULK_BYTES = 4_000_000;

  /** Who speaks TLS where Podtap does not. */
  enum Tool {
    OPENSSL {
      @Override
      List<String> receive(Certificates certificates, Path file) {
        return List.of(
            "sh",
            "-c",
            ("exec openssl s_server -accept %d -naccept 1 -tls1_3 -quiet -Verify 2"
                    + " -cert %s -key %s -CAfile %s > %s")
                .formatted(
                    PORT,
                    certificates.file(Certificates.SENSOR, "tls.crt"),
                    certificates.file(Certificates.SENSOR, "tls.key"),
                    certificates.file(Certificates.SENSOR, "ca.crt"),
                    file));
      }

      @Override
      List<String> send(Certificates certificates, String sensor, Path file) {
        return List.of(
            "sh",
            "-c",
            // without -nocommands it takes letters of the capture for commands
            ("exec openssl s_client -connect %s:%d -tls1_3 -quiet -no_ign_eof -nocommands"
                    + " -verify_return_error -cert %s -key %s -CAfile %s < %s")
                .formatted(
                    sensor,
                    PORT,
                    certificates.file(Certificates.TAP, "tls.crt"),
                    certificates.file(Certificates.TAP, "tls.key"),
                    certificates.file(Certificates.TAP, "ca.crt"),
                    file));
      }
    },

    SOCAT {
      @Override
      List<String> receive(Certificates certificates, Path file) {
        return List.of(
            "socat",
            "-u",
            "OPENSSL-LISTEN:%d,reuseaddr,cert=%s,key=%s,cafile=%s"
                .formatted(
                    PORT,
                    certificates.file(Certificates.SENSOR, "tls.crt"),
                    certificates.file(Certificates.SENSOR, "tls.key"),
                    certificates.file(Certificates.SENSOR, "ca.crt")),
            "CREATE:" + file);
      }

      @Override
      List<String> send(Certificates certificates, String sensor, Path file) {
        return List.of(
            "socat",
            "-u",
            "OPEN:" + file,
            "OPENSSL:%s:%d,cert=%s,key=%s,cafile=%s"
                .formatted(
                    sensor,
                    PORT,
                    certificates.file(Certificates.TAP, "tls.crt"),
                    certificates.file(Certificates.TAP, "tls.key"),
                    certificates.file(Certificates.TAP, "ca.crt")));
      }
    };

    /** Returns a command that writes what one tap sends to a file, and ends with it. */
    abstract List<String> receive(Certificates certificates, Path file);

    /** Returns a command that sends a file to a sensor, and ends with it. */
    abstract List<String> send(Certificates certificates, String sensor, Path file);
  }

  @TempDir private Path folder;

  private PodNetwork network;
  private Certificates certificates;

  @BeforeEach
  void makeNetwork() {
    network = PodNetwork.create();
    certificates = Certificates.make(folder, network.sensor().ipv4());
  }

  @AfterEach
  void removeNetwork() {
    network.close();
  }

  private static void awaitListener(PodNetwork.Host host, Process tool) {
    for (int i = 0; i < 500; i++) {
      if (host.namespace().run("ss", "-Hltn", "sport = :" + PORT).contains(":" + PORT)) {
        return;
      }
      assertThat(tool.isAlive()).isTrue();
      Program.pause(20);
    }
    throw new AssertionError("never listened");
  }

  private static void awaitEnd(Process tool) throws InterruptedException {
    assertThat(tool.waitFor(20, TimeUnit.SECONDS)).as("ends with its peer").isTrue();
  }

  /** Has a tap send real traffic to a tool's file, and returns the tap's ledger. */
  private TapLedger record(Tool tool, Path file) throws Exception {
    Process receiver =
        network.sensor().namespace().start(tool.receive(certificates, file).toArray(String[]::new));
    awaitListener(network.sensor(), receiver);
    List<String> arguments =
        new ArrayList<>(List.of("tap", "--interface", "eth0", "--transport", "tls"));
    arguments.addAll(List.of("--sensor", network.sensor().ipv4(), "--metrics", "0"));
    arguments.addAll(List.of("--ring-bytes", "67108864", "--queue-bytes", "67108864"));
    arguments.addAll(certificates.options(Certificates.TAP));
    arguments.addAll(List.of("--count-json", folder.resolve("tap.json").toString()));
    try (Program tap =
            Program.start(
                    List.of("ip", "netns", "exec", network.pod().namespace().name()),
                    Map.of("POD_NAME", "shop-1", "POD_NAMESPACE", "shop"),
                    folder,
                    "tap",
                    arguments.toArray(String[]::new))
                .awaitReady();
        Traffic _ = new Traffic().serveHttp(network.pod(), 80, 500)) {
      for (int i = 0; i < REQUESTS; i++) {
        Traffic.http(network.client(), network.pod().ipv4(), 80);
      }
      Traffic.bulk(network, network.pod().ipv4(), BULK_BYTES);
      Traffic.bulk(network, network.pod().ipv6(), BULK_BYTES, "-R");
      assertThat(tap.stop()).as(tap.errorOutput()).isZero();
      awaitEnd(receiver);
      return Logs.ledger(folder.resolve("tap.json")).requireNoLoss();
    }
  }

  private static long packetsIn(Path file) {
    List<String> lines = Commands.lines("capinfos", "-c", "-M", "-T", "-r", file.toString());
    return Long.parseLong(lines.getLast().split("\t", -1)[1]);
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  @ParameterizedTest
  @EnumSource
  void whatATapSendsIsACaptureFileThatASensorTakesFromAnyone(Tool tool) throws Exception {
    Path file = folder.resolve("stream.pcapng");
    TapLedger ledger = record(tool, file);

    CaptureFile stream = new CaptureFile(file);
    assertThat(
            stream.countsWithoutComplaint(
                "frame", "http.request", "ip.flags.mf == 1 || ip.frag_offset > 0"))
        .as("packets, requests, fragments")
        .containsExactly(ledger.sent(), (long) REQUESTS, 0L);
    assertThat(
            stream.fields("http.request", "frame.interface_description").stream()
                .distinct()
                .toList())
        .isEqualTo(List.of("pod shop/shop-1"));
    assertThat(packetsIn(file)).isEqualTo(ledger.sent());
    Path half = folder.resolve("half.pcapng");
    Commands.run("editcap", "-r", file.toString(), half.toString(), "1-100");
    assertThat(packetsIn(half)).isEqualTo(Math.min(100, ledger.sent()));

    Path logs = folder.resolve("sensor");
    List<String> arguments = new ArrayList<>(List.of("sensor", "--bind-namespaces"));
    arguments.addAll(List.of("--listen", "tls:" + network.sensor().ipv4() + ":" + PORT));
    arguments.addAll(certificates.options(Certificates.SENSOR));
    arguments.addAll(List.of("--logs", logs.toString(), "--metrics", "0"));
    try (Program sensor =
        Program.start(network.sensor(), folder, "sensor", arguments.toArray(String[]::new))
            .awaitReady()) {
      Process sender =
          network
              .pod()
              .namespace()
              .start(tool.send(certificates, network.sensor().ipv4(), file).toArray(String[]::new));
      awaitEnd(sender);
      Program.pause(500);
      assertThat(sensor.stop()).as(sensor.errorOutput()).isZero();
    }
    assertThat(read(logs.resolve("http.log")).lines()).hasSize(REQUESTS);
    List<String> taps = Arrays.asList(read(logs.resolve("tap.log")).split("\n", -1));
    assertThat(
            taps.stream()
                .filter(line -> line.contains("\"tap.pod\":\"shop-1\""))
                .toList()
                .getLast())
        .contains("\"received\":" + ledger.sent() + ",", "\"lost\":0");
  }
}
