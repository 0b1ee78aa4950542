/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapReader;
import io.podtap.core.pcap.PcapWriter;
import io.podtap.core.testing.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** tcpdump in a namespace, an open UDP port there, and tshark over what was captured. */
final class SensorCapture implements AutoCloseable {

  private static final int OUTER_BYTES = 14 + 20 + 8 + 8;

  private final Path file;
  private final Process tcpdump;
  private final DatagramSocket open;
  private final long overflowed = overflowed();

  SensorCapture(NetworkNamespace namespace, Path file, String filter) {
    this.file = file;
    open = namespace.call(() -> listen(4_789));
    tcpdump =
        namespace.start(
            "tcpdump",
            "-i",
            "eth0",
            "-Z",
            "root",
            "-B",
            "65536",
            "-s",
            "0",
            "-w",
            file.toString(),
            filter);
    try {
      byte[] line = new byte[200];
      int length = tcpdump.getInputStream().read(line); // "listening on", once it captures
      if (length <= 0) {
        throw new IllegalStateException("tcpdump does not start");
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DatagramSocket listen(int port) throws SocketException {
    DatagramSocket socket = new DatagramSocket(null);
    socket.bind(new InetSocketAddress(port));
    return socket;
  }

  /**
   * Returns how many packets processors of this machine have dropped since the capture began: a
   * veth pair hands over through a queue of a thousand, and what a device cuts comes in bursts. Of
   * all namespaces; usually none.
   *
   * @see "net/core/net-procfs.c, softnet_seq_show: the second column"
   */
  long droppedOnTheWay() {
    return overflowed() - overflowed;
  }

  private static long overflowed() {
    try {
      return Files.readAllLines(Path.of("/proc/net/softnet_stat")).stream()
          .mapToLong(line -> Long.parseLong(line.split(" ", -1)[1], 16))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the capture and returns all frames. */
  List<byte[]> frames() throws InterruptedException, IOException {
    Thread.sleep(1_300); // tcpdump reads once a second
    if (!tcpdump.toHandle().destroy()) { // keeps the pipe open, for what it says at its end
      throw new IllegalStateException("tcpdump has ended");
    }
    String output = new String(tcpdump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!tcpdump.waitFor(5, TimeUnit.SECONDS)) {
      throw new IllegalStateException("tcpdump does not end");
    }
    if (!output.contains("0 packets dropped by kernel")) {
      throw new IllegalStateException("the capture is not whole: " + output);
    }
    List<byte[]> frames = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(file)) {
      FrameHandler collect =
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              frames.add(
                  frame
                      .segment()
                      .asSlice(frame.offset(), frame.length())
                      .toArray(ValueLayout.JAVA_BYTE));
            }

            @Override
            public void onBatchEnd() {}
          };
      while (reader.poll(collect) >= 0) {}
    }
    return frames;
  }

  /** Returns the inner frames of VXLAN over IPv4, reports left out. */
  static List<byte[]> inner(List<byte[]> frames) {
    List<byte[]> inner = new ArrayList<>();
    for (byte[] frame : frames) {
      byte[] one = Arrays.copyOfRange(frame, OUTER_BYTES, frame.length);
      if (!isReport(one)) {
        inner.add(one);
      }
    }
    return inner;
  }

  private static boolean isReport(byte[] inner) {
    return (inner[12] & 0xFF) == 0x88 && (inner[13] & 0xFF) == 0xB5;
  }

  /** Asks tshark, with every checksum checked, for the frames that {@code filter} selects. */
  static String tshark(Path file, String filter) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
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
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("tshark cannot read " + file + " with the filter " + filter);
    }
    return output.lines().limit(10).reduce("", (all, line) -> all + line + "\n");
  }

  /** Writes frames to a capture file. */
  static void write(Path file, List<byte[]> frames) {
    try (PcapWriter writer = PcapWriter.create(file, LinkType.ETHERNET);
        Arena arena = Arena.ofConfined()) {
      long time = 1_700_000_000_000_000_000L;
      for (byte[] frame : frames) {
        MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, frame);
        writer.write(bytes, 0, frame.length, frame.length, time);
        time += 1_000_000;
      }
    }
  }

  @Override
  public void close() {
    tcpdump.destroyForcibly();
    open.close();
  }
}
