/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.testing.Allocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PcapngWriterTest {

  private static final long TIME_NS = 1_700_000_000_123_456_789L;

  @TempDir private Path folder;

  private static byte[] packet(int length, int originalLength, boolean outgoing) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    MemorySegment block = MemorySegment.ofArray(new byte[PacketBlock.length(length)]);
    block.fill((byte) 0xEE);
    long at = PacketBlock.put(block, 0, 1, TIME_NS, length, originalLength, outgoing);
    MemorySegment.copy(bytes, 0, block, ValueLayout.JAVA_BYTE, at, length);
    return block.toArray(ValueLayout.JAVA_BYTE);
  }

  private Path write() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PcapngWriter.section("podtap", "podtap.pod=shop-1\npodtap.node=n1\n"));
    for (String name : List.of("eth0", "lo")) {
      out.writeBytes(
          PcapngWriter.description(
              new PcapngWriter.Interface(
                  name, "pod default/shop-1", "tcp port 80", LinkType.ETHERNET, 262_144)));
    }
    for (int length = 0; length < 70; length++) {
      out.writeBytes(packet(length, length + 5, length % 2 == 0));
    }
    out.writeBytes(
        PcapngWriter.statistics(
            new PcapngWriter.Statistics(1, TIME_NS, 100, 3, 90, 87, "podtap-report 1\n")));
    return Files.write(folder.resolve("x.pcapng"), out.toByteArray());
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    List<Integer> lengths = new ArrayList<>();
    FrameHandler handler =
        new FrameHandler() {
          @Override
          public void onFrame(Frame frame) {
            lengths.add(frame.length());
            assertThat(frame.originalLength()).isEqualTo(frame.length() + 5);
            assertThat(frame.timestampNs()).isEqualTo(TIME_NS);
            assertThat(frame.interfaceIndex()).isEqualTo(1);
            for (int i = 0; i < frame.length(); i++) {
              assertThat(frame.segment().get(ValueLayout.JAVA_BYTE, frame.offset() + i))
                  .isEqualTo((byte) (i + 1));
            }
          }

          @Override
          public void onBatchEnd() {}
        };
    try (PcapReader reader = PcapReader.open(write())) {
      int count;
      do {
        count = reader.poll(handler);
      } while (count != FrameSource.END);
      assertThat(reader.problem()).isEmpty();
    }
    assertThat(lengths).hasSize(70);
  }

  /** An independent reader finds every field where it looks for it. */
  @Test
  void toolsOfWiresharkReadIt() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/tshark")), "tshark is not installed");
    Path file = write();
    String packets =
        run(
            "tshark",
            "-r",
            file.toString(),
            "-T",
            "fields",
            "-e",
            "frame.len",
            "-e",
            "frame.cap_len",
            "-e",
            "frame.interface_name",
            "-e",
            "frame.packet_flags_direction",
            "-e",
            "frame.time_epoch",
            "-e",
            "_ws.expert");
    String[] lines = packets.split("\n", -1);
    assertThat(lines[20]).startsWith("25\t20\tlo\t0x00000002\t1700000000.123456789");
    assertThat(lines[21]).startsWith("26\t21\tlo\t0x00000001\t");
    String facts = run("capinfos", file.toString());
    assertThat(facts)
        .contains("podtap.pod=shop-1")
        .contains("Capture application: podtap")
        .contains("Name = eth0")
        .contains("Description = pod default/shop-1")
        .contains("Filter string = tcp port 80")
        .contains("Time precision = nanoseconds (9)")
        .contains("Number of packets:   70");
    run("editcap", file.toString(), folder.resolve("copy.pcapng").toString());
  }

  private String run(String... command) throws Exception {
    Path out = folder.resolve(command[0] + ".txt");
    Path errors = folder.resolve(command[0] + ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s", Files.readString(errors)).isZero();
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  @Test
  void aPacketAllocatesNothing() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment target = arena.allocate(4_096, 8);
      assertThat(
              Allocation.ofWarm(
                  20_000, () -> PacketBlock.put(target, 0, 0, TIME_NS, 999, 999, true)))
          .isZero();
    }
  }
}
