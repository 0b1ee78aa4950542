/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Captures through gzip, in one member and in several, and what is compressed otherwise. */
class CompressedCaptureTest {

  private static final class Counter implements FrameHandler {
    int frames;

    @Override
    public void onFrame(Frame frame) {
      frames++;
    }

    @Override
    public void onBatchEnd() {}
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] pcap() {
    return new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
        .pcapHeader(0xA1B2_C3D4, LinkType.ETHERNET)
        .record(1, 2, 3, (byte) 1, (byte) 2, (byte) 3)
        .record(2, 2, 1, (byte) 4)
        .toArray();
  }

  private static byte[] pcapng() {
    return new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
        .section(ByteOrder.LITTLE_ENDIAN)
        .plainInterfaceBlock(LinkType.ETHERNET)
        .enhanced(0, 1, 1, (byte) 9)
        .enhanced(0, 2, 1, (byte) 8)
        .toArray();
  }

  private static PcapReader open(byte[] bytes) {
    return PcapReader.open("test", CaptureBytes.channel(bytes, bytes.length));
  }

  private static int frames(PcapReader reader) {
    Counter counter = new Counter();
    while (reader.poll(counter) != PcapReader.END) {
      assertThat(counter.frames).isLessThan(1_000);
    }
    return counter.frames;
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsMembersBehindOneAnother(boolean next) throws IOException {
    byte[] plain = next ? pcapng() : pcap();
    for (int cut = 1; cut < plain.length; cut++) {
      byte[] packed =
          joined(
              gzip(Arrays.copyOf(plain, cut)),
              gzip(new byte[0]),
              gzip(Arrays.copyOfRange(plain, cut, plain.length)),
              new byte[7]);
      try (PcapReader reader = open(packed)) {
        assertThat(frames(reader)).as("cut at " + cut).isEqualTo(2);
        assertThat(reader.problem()).isEmpty();
      }
    }
  }

  @Test
  void saysThatDataEndTooEarlyOrAreDamaged() throws IOException {
    byte[] packed = gzip(pcap());
    try (PcapReader reader = open(Arrays.copyOf(packed, packed.length - 3))) {
      frames(reader);
      assertThat(reader.problem()).hasValueSatisfying(p -> assertThat(p).contains("too early"));
    }
    byte[] damaged = packed.clone();
    damaged[damaged.length - 6] ^= 1; // of the checksum
    try (PcapReader reader = open(damaged)) {
      frames(reader);
      assertThat(reader.problem()).hasValueSatisfying(p -> assertThat(p).contains("checksum"));
    }
  }

  @ParameterizedTest
  @CsvSource({"28b52ffd, zstd", "fd377a58, xz", "04224d18, lz4", "425a6839, bzip2"})
  void namesTheProgramOfOtherCompressions(String magic, String program) {
    byte[] bytes = joined(HexFormat.of().parseHex(magic), new byte[60]);
    assertThatThrownBy(() -> open(bytes))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(program + " -d");
  }

  @Test
  void readsBlocksWithoutAPacketThatAreLargerThanTheBuffer() {
    byte[] tail =
        new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
            .enhanced(0, 1, 1, (byte) 9)
            .enhanced(0, 2, 1, (byte) 8)
            .toArray();
    ByteBuffer all = ByteBuffer.allocate(8 << 20).order(ByteOrder.LITTLE_ENDIAN);
    int section = (1 << 20) + 300_000;
    all.putInt(0x0A0D_0D0A).putInt(section).putInt(0x1A2B_3C4D).putInt(1).putLong(-1);
    comments(all, section - 28).putInt(section);
    int link = (2 << 20) + 4;
    all.putInt(1).putInt(link).putInt(LinkType.ETHERNET).putInt(0);
    comments(all, link - 20).putInt(link);
    all.put(tail);
    all.putInt(0x0A0D_0D0A).putInt(section).putInt(0x1A2B_3C4D).putInt(1).putLong(-1);
    comments(all, section - 28).putInt(section);
    all.putInt(1).putInt(20).putInt(LinkType.ETHERNET).putInt(0).putInt(20).put(tail);

    try (PcapReader reader = open(Arrays.copyOf(all.array(), all.position()))) {
      assertThat(frames(reader)).isEqualTo(4);
      assertThat(reader.problem()).isEmpty();
    }
  }

  private static ByteBuffer comments(ByteBuffer all, int length) {
    int left = length;
    while (left > 0) {
      int text = Math.min(left - 4, 60_000);
      all.putShort((short) 1).putShort((short) text).put(new byte[text]);
      left -= 4 + text;
    }
    return all;
  }
}
