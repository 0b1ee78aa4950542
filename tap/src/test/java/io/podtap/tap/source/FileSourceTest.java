/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.tap.FakeSensors;
import io.podtap.tap.Tap;
import io.podtap.tap.TapFixture;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.testing.FrameBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of a capture file go through the same stages as an interface's. */
final class FileSourceTest {

  private static final Endpoint SENSOR = FakeSensors.endpoint(1);
  private static final int TCP = 6;
  private static final int UDP = 17;

  @TempDir private Path folder;

  private final FakeSensors sensors = new FakeSensors();
  private final List<byte[]> frames = new ArrayList<>();

  FileSourceTest() {
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      frames.add(
          new FrameBuilder().protocol(i % 2 == 0 ? TCP : UDP).payload(random, i * 40).build());
    }
  }

  /** Frames {@code everyMs} apart. */
  private Path pcap(int everyMs) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0xA1B2_C3D4).putShort((short) 2).putShort((short) 4).putLong(0);
    out.putInt(262_144).putInt(1);
    for (int i = 0; i < frames.size(); i++) {
      byte[] frame = frames.get(i);
      out.putInt(1_700_000_000).putInt(i * everyMs * 1_000);
      out.putInt(frame.length).putInt(frame.length).put(frame);
    }
    return write("a.pcap", out);
  }

  private Path pcapng() throws IOException {
    ByteBuffer out = ByteBuffer.allocate(1 << 20).order(ByteOrder.BIG_ENDIAN);
    out.putInt(0x0A0D_0D0A).putInt(28).putInt(0x1A2B_3C4D).putInt(0x0001_0000).putLong(-1);
    out.putInt(28);
    out.putInt(1).putInt(20).putInt(0x0001_0000).putInt(0).putInt(20);
    for (byte[] frame : frames) {
      int padded = (frame.length + 3) & ~3;
      out.putInt(6).putInt(32 + padded).putInt(0).putInt(0x0006_0A24).putInt(0x1111_1111);
      out.putInt(frame.length).putInt(frame.length).put(Arrays.copyOf(frame, padded));
      out.putInt(32 + padded);
    }
    return write("a.pcapng", out);
  }

  private Path write(String name, ByteBuffer bytes) throws IOException {
    byte[] content = new byte[bytes.position()];
    bytes.get(0, content);
    return Files.write(folder.resolve(name), content);
  }

  private Tap open(Path file, boolean originalSpeed, String filter) {
    FileSource source =
        FileSource.open(new SourceSettings.CaptureFile(file, originalSpeed, filter));
    return TapFixture.open(
        source,
        sensors,
        TapFixture.settings(List.of(SENSOR), 1, false),
        System.currentTimeMillis() * 1_000_000L);
  }

  /** Returns the inner frames, in the order of each lane. */
  private List<byte[]> mirrored() {
    return sensors.outputs(SENSOR).stream()
        .flatMap(output -> output.datagrams().stream())
        .map(datagram -> Arrays.copyOfRange(datagram, 8, datagram.length))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyFrameOfAFileIsMirroredAsItIs(boolean pcapng) throws IOException {
    Tap tap = open(pcapng ? pcapng() : pcap(1), false, "");
    tap.run();
    assertThat(tap.problem()).isEmpty();
    assertThat(mirrored()).containsExactlyInAnyOrderElementsOf(frames);
    Ledger.Snapshot ledger = tap.ledger();
    assertThat(ledger.balanced()).isTrue();
    assertThat(ledger.sum(Ledger.InterfaceSnapshot::seen)).isEqualTo(20);
    assertThat(ledger.interfaces().getFirst().name()).startsWith("a.pcap");
  }

  @Test
  void aFilterLeavesOutAndCounts() throws IOException {
    Tap tap = open(pcap(1), false, "udp");
    tap.run();
    assertThat(mirrored()).hasSize(10).allMatch(frame -> frame[23] == UDP);
    assertThat(tap.ledger().sum(Ledger.InterfaceSnapshot::filtered)).isEqualTo(10);
    assertThat(tap.ledger().balanced()).isTrue();
  }

  @Test
  void originalSpeedKeepsTheDistanceBetweenFrames() throws IOException {
    long start = System.nanoTime();
    open(pcap(20), true, "").run();
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(19 * 20));
    assertThat(mirrored()).hasSize(20);
    sensors.opened.clear();
    Tap fast = open(pcap(40_000), false, ""); // a quarter of an hour
    fast.run();
    assertThat(mirrored()).hasSize(20);
  }

  @Test
  void stopEndsAWaitBetweenFrames() throws Exception {
    Path file = pcap(40_000);
    CompletableFuture<Tap> opened = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              Tap tap = open(file, true, "");
              opened.complete(tap);
              tap.run();
            });
    Tap tap = opened.get(5, TimeUnit.SECONDS);
    Thread.sleep(100);
    tap.stop();
    thread.join(1_000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(tap.ledger().balanced()).isTrue();
    assertThat(mirrored()).hasSize(1);
  }

  @Test
  void aFileThatBreaksOffIsMirroredSoFarAndSaidSo() throws IOException {
    byte[] whole = Files.readAllBytes(pcap(1));
    Path file = folder.resolve("short.pcap");
    Files.write(file, Arrays.copyOf(whole, whole.length - 7));
    Tap tap = open(file, false, "");
    tap.run();
    assertThat(tap.problem()).isNotEmpty();
    assertThat(mirrored()).hasSize(19);
    assertThat(tap.ledger().balanced()).isTrue();
  }

  @Test
  void whatIsNoCaptureIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "no capture at all, nowhere");
    assertThatThrownBy(() -> open(file, false, ""))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("text");
    Path whole = pcap(1);
    assertThatThrownBy(() -> open(whole, false, "tpc")).hasMessageContaining("syntax error");
  }
}
