/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code podtap tap --read} as a user runs it: to its end, with its exit code. */
class TapReadIT {

  private static final int RECEIVE_BUFFER_BYTES = 8 << 20;

  @TempDir private Path folder;

  private byte[] demoCapture() throws IOException {
    Path file = Repository.root().resolve("cli/src/main/resources/io/podtap/cli/demo/demo.pcap");
    try (InputStream in = Files.newInputStream(file)) {
      return in.readAllBytes();
    }
  }

  private int tap(Path capture, DatagramSocket sensor, String... more) {
    String[] command = {
      "tap",
      "--read",
      capture.toString(),
      "--report",
      "off",
      "--metrics",
      "0",
      "--count-json",
      folder.resolve("count.json").toString()
    };
    String[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    Map<String, String> environment =
        Map.of("SENSOR", "127.0.0.1:" + sensor.getLocalPort(), "PODTAP_VNI", "7");
    try (Program program = Program.start(List.of(), environment, folder, "tap", all)) {
      return program.await();
    }
  }

  private static DatagramSocket sensor() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.setSoTimeout(1_000);
    return socket;
  }

  @Test
  void aCaptureFileIsSentWithExitCode0() throws IOException {
    Path capture = Files.write(folder.resolve("demo.pcap"), demoCapture());
    try (DatagramSocket sensor = sensor()) {
      assertThat(tap(capture, sensor, "--speed", "max")).isZero();
      DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
      sensor.receive(packet);
      assertThat(Arrays.copyOf(packet.getData(), 8)).containsExactly(8, 0, 0, 0, 0, 0, 7, 0);
    }
    TapLedger ledger = Logs.ledger(folder.resolve("count.json")).requireBalance();
    assertThat(ledger.sent()).isPositive();
  }

  @Test
  void aFileThatBreaksOffIsExitCode1WithItsLedger() throws IOException {
    byte[] whole = demoCapture();
    Path capture =
        Files.write(folder.resolve("short.pcap"), Arrays.copyOf(whole, whole.length - 5));
    try (DatagramSocket sensor = sensor()) {
      assertThat(tap(capture, sensor, "--speed", "max")).isEqualTo(1);
    }
    assertThat(Logs.ledger(folder.resolve("count.json")).requireBalance().sent()).isPositive();
    assertThat(folder.resolve("tap.err")).content().contains("podtap: ").contains("short.pcap");
  }

  @Test
  void aMistakeIsExitCode2() throws IOException {
    Path capture = Files.write(folder.resolve("demo.pcap"), demoCapture());
    try (DatagramSocket sensor = sensor()) {
      assertThat(tap(capture, sensor, "--speed", "warp")).isEqualTo(2);
    }
    assertThat(folder.resolve("count.json")).doesNotExist();
  }
}
