/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.FolderSink;
import io.podtap.sensor.sink.LossHandler;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.track.Tracker;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packets in, rows of conn.log out: the states that Zeek's documentation names. */
class AnalysisTest {

  private static final int CLIENT = 0x0A000001;
  private static final int SERVER = 0x0A000002;
  private static final long START_NS = 1_700_000_000_000_000_000L;

  @TempDir private Path folder;
  private final List<byte[]> packets = new ArrayList<>();

  @Test
  void aWholeConnectionIsSf() throws IOException {
    client(Tcp.SYN, 100, 0);
    server(Tcp.SYN | Tcp.ACK, 500, 0);
    client(Tcp.ACK, 101, 0);
    client(Tcp.ACK | Tcp.PSH, 101, 10);
    server(Tcp.ACK | Tcp.PSH, 501, 30);
    client(Tcp.ACK | Tcp.FIN, 111, 0);
    server(Tcp.ACK | Tcp.FIN, 531, 0);
    client(Tcp.ACK, 112, 0);

    Map<String, String> record = only(0);

    assertThat(record)
        .containsEntry("id.orig_h", "10.0.0.1")
        .containsEntry("id.resp_p", "80")
        .containsEntry("conn_state", "SF")
        .containsEntry("history", "ShADdFf")
        .containsEntry("orig_bytes", "10")
        .containsEntry("resp_bytes", "30")
        .containsEntry("orig_pkts", "5")
        .containsEntry("resp_pkts", "3")
        .containsEntry("missed_bytes", "0");
  }

  @Test
  void anAttemptWithoutAnswerIsS0AndARefusedOneRej() throws IOException {
    client(Tcp.SYN, 100, 0);
    assertThat(only(0)).containsEntry("conn_state", "S0").containsEntry("history", "S");

    packets.clear();
    client(Tcp.SYN, 100, 0);
    server(Tcp.RST | Tcp.ACK, 0, 0);
    assertThat(only(0)).containsEntry("conn_state", "REJ").containsEntry("history", "Sr");
  }

  @Test
  void bytesThatWereAcknowledgedAndNotSeenAreMissed() throws IOException {
    client(Tcp.SYN, 100, 0);
    server(Tcp.SYN | Tcp.ACK, 500, 0);
    client(Tcp.ACK, 101, 0);
    client(Tcp.ACK | Tcp.PSH, 101, 10);
    client(Tcp.ACK | Tcp.PSH, 151, 10); // 40 bytes are missing
    packets.add(tcp(SERVER, CLIENT, 80, 40_000, Tcp.ACK, 501, 161, 0));

    Map<String, String> record = only(0);

    assertThat(record).containsEntry("missed_bytes", "40");
    assertThat(record.get("history")).contains("G");
  }

  @Test
  void aFlowOfTwoTapsIsCountedOnceAndNamesBoth() throws IOException {
    packets.add(udp(CLIENT, SERVER, 5_000, 5_001, 20));
    packets.add(udp(SERVER, CLIENT, 5_001, 5_000, 60));

    Map<String, String> record = only(2);

    assertThat(record)
        .containsEntry("conn_state", "SF")
        .containsEntry("orig_pkts", "1")
        .containsEntry("resp_pkts", "1")
        .containsEntry("tap.id", "tap0")
        .containsEntry("tap.also", "tap1");
  }

  private void client(int flags, int sequence, int payload) {
    packets.add(tcp(CLIENT, SERVER, 40_000, 80, flags, sequence, 501, payload));
  }

  private void server(int flags, int sequence, int payload) {
    packets.add(tcp(SERVER, CLIENT, 80, 40_000, flags, sequence, 101, payload));
  }

  /** Analyses the packets, each once for every tap, and returns the one record. */
  private Map<String, String> only(int taps) throws IOException {
    Path logs = Files.createTempDirectory(folder, "logs");
    Tracker.Settings settings = new Tracker.Settings(1_000, false, 7);
    FolderSink sink =
        new FolderSink(
            logs, LogFormat.named("tsv"), Rotation.NEVER, () -> START_NS, LossHandler.GIVE_UP);
    try (Analysis analysis =
        new Analysis(settings, sink, taps == 0 ? null : index -> "tap" + index)) {
      Frame frame = new Frame();
      long nowNs = START_NS;
      for (byte[] packet : packets) {
        for (int tap = 0; tap < Math.max(taps, 1); tap++) {
          frame.wrap(MemorySegment.ofArray(packet), 0, packet.length, packet.length, nowNs);
          analysis.onFrame(frame.origin(LinkType.RAW, tap, false));
          nowNs += 1_000_000;
        }
      }
    }
    @Nullable Map<String, String> record = null;
    List<String> fields = List.of();
    for (String line : Files.readAllLines(logs.resolve("conn.log"))) {
      List<String> words = List.of(line.split("\t", -1));
      if (line.startsWith("#fields")) {
        fields = words.subList(1, words.size());
      } else if (!line.startsWith("#")) {
        assertThat(record).as("a second record: %s", line).isNull();
        record = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
          record.put(fields.get(i), words.get(i));
        }
      }
    }
    if (record == null) {
      throw new AssertionError("no record");
    }
    return record;
  }

  private static byte[] tcp(
      int source,
      int target,
      int from,
      int to,
      int flags,
      int sequence,
      int acknowledged,
      int payload) {
    byte[] packet = ip(source, target, IpProtocol.TCP, Tcp.HEADER_LENGTH_MIN + payload);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU16(segment, 20, from);
    Bytes.putU16(segment, 22, to);
    Tcp.sequence(segment, 20, sequence);
    Bytes.putI32(segment, 28, (flags & Tcp.ACK) != 0 ? acknowledged : 0);
    Bytes.putU8(segment, 32, 5 << 4);
    Tcp.flags(segment, 20, flags);
    Bytes.putU16(segment, 34, 1_000);
    return packet;
  }

  private static byte[] udp(int source, int target, int from, int to, int payload) {
    byte[] packet = ip(source, target, IpProtocol.UDP, Udp.HEADER_LENGTH + payload);
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU16(segment, 20, from);
    Bytes.putU16(segment, 22, to);
    Udp.length(segment, 20, Udp.HEADER_LENGTH + payload);
    return packet;
  }

  private static byte[] ip(int source, int target, int protocol, int payload) {
    byte[] packet = new byte[Ipv4.HEADER_LENGTH_MIN + payload];
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, 0, 0x45);
    Ipv4.totalLength(segment, 0, packet.length);
    Bytes.putU8(segment, 8, 64);
    Bytes.putU8(segment, 9, protocol);
    Bytes.putI32(segment, 12, source);
    Bytes.putI32(segment, 16, target);
    return packet;
  }
}
