/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.LinkType;
import io.podtap.core.packet.Tcp;
import io.podtap.core.packet.Udp;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A conversation between a client and a server, written as words, run through the analysis.
 *
 * <p>A word is {@code >} (client) or {@code <} (server), flags ({@code S A F R}) and bytes of
 * payload: {@code ">S <SA >A >10 <20 >F <F >A"}. Sequence and acknowledgment numbers follow by
 * themselves; a segment acknowledges unless it is a bare {@code S} or {@code R}. {@code x} before a
 * word: sent, but not seen; {@code =}: the last segment of that side once more; {@code !}: with a
 * bad checksum; {@code 0}: with window 0. {@code ~N} lets N milliseconds pass; each segment takes
 * one.
 */
public final class Conversation implements AutoCloseable {

  public static final int CLIENT = 0x0A00_0001;
  public static final int SERVER = 0xC000_0201;
  public static final long START_NS = 1_700_000_000_000_000_000L;

  private static final int CLIENT_PORT = 40_000;

  private final MemorySink sink = new MemorySink();
  private final Analysis analysis;
  private final Frame frame = new Frame();
  private final int serverPort;
  private final int[] next = {1_000, 5_000};
  private final int[] seen = {1_000, 5_000};
  private final int[] last = {1_000, 5_000};
  private long nowNs = START_NS;

  public Conversation(int serverPort) {
    this(serverPort, new Tracker.Settings(1_000, true, 7));
  }

  Conversation(int serverPort, Tracker.Settings settings) {
    this.serverPort = serverPort;
    analysis = new Analysis(settings, sink, /* tapName= */ null);
  }

  /** Runs words against a port that no protocol is known by; returns the records. */
  public static List<Map<String, String>> of(String words) {
    try (Conversation conversation = new Conversation(9_999)) {
      conversation.say(words);
      return conversation.records();
    }
  }

  public Conversation say(String words) {
    for (String word : words.split(" ", -1)) {
      if (word.startsWith("~")) {
        nowNs += Long.parseLong(word.substring(1)) * 1_000_000;
      } else {
        segment(word);
      }
    }
    return this;
  }

  private void segment(String word) {
    int at = Math.max(word.indexOf('>'), word.indexOf('<'));
    String marks = word.substring(0, at);
    int side = word.charAt(at) == '>' ? 0 : 1;
    String rest = word.substring(at + 1);
    String letters = rest.replaceAll("[0-9]", "");
    String digits = rest.replaceAll("[^0-9]", "");
    int payload = digits.isEmpty() ? 0 : Integer.parseInt(digits);
    boolean bare = letters.equals("S") || letters.equals("R");
    int flags =
        (letters.contains("S") ? Tcp.SYN : 0)
            | (letters.contains("F") ? Tcp.FIN : 0)
            | (letters.contains("R") ? Tcp.RST : 0)
            | (bare ? 0 : Tcp.ACK);
    int sequence = marks.contains("=") ? last[side] : next[side];
    int end =
        sequence + payload + (letters.contains("S") ? 1 : 0) + (letters.contains("F") ? 1 : 0);
    last[side] = sequence;
    next[side] = Math.max(next[side], end);
    seen[side] = next[side];
    if (!marks.contains("x")) {
      byte[] packet = tcp(side == 0, serverPort, flags, sequence, seen[1 - side], payload);
      if (marks.contains("0")) {
        Bytes.putU16(MemorySegment.ofArray(packet), Ipv4.HEADER_LENGTH_MIN + 14, 0);
      }
      fillChecksums(packet);
      if (marks.contains("!")) {
        packet[packet.length - 1] ^= 0x55;
      }
      send(packet);
    }
  }

  /** Hands over one IPv4 packet and lets a millisecond pass. */
  public Conversation send(byte[] packet) {
    return send(packet, packet.length, LinkType.RAW);
  }

  /** Hands over a frame of which only {@code captured} bytes are there. */
  public Conversation send(byte[] bytes, int captured, int linkType) {
    frame.wrap(MemorySegment.ofArray(bytes), 0, captured, bytes.length, nowNs);
    analysis.onFrame(frame.origin(linkType, 0, false));
    nowNs += 1_000_000;
    return this;
  }

  Analysis analysis() {
    return analysis;
  }

  /** Returns the records of one log so far. */
  public List<Map<String, String>> rows(String log) {
    return sink.rows(log);
  }

  /** Ends everything and returns the records of conn.log, in the order in which flows ended. */
  public List<Map<String, String>> records() {
    return records("conn");
  }

  /** Ends everything and returns the records of one log. */
  public List<Map<String, String>> records(String log) {
    analysis.close();
    return sink.rows(log);
  }

  public static byte[] tcp(
      boolean fromClient, int serverPort, int flags, int sequence, int acknowledged, int payload) {
    byte[] packet = ip(fromClient, IpProtocol.TCP, Tcp.HEADER_LENGTH_MIN + payload);
    MemorySegment segment = MemorySegment.ofArray(packet);
    int at = Ipv4.HEADER_LENGTH_MIN;
    Bytes.putU16(segment, at, fromClient ? CLIENT_PORT : serverPort);
    Bytes.putU16(segment, at + 2, fromClient ? serverPort : CLIENT_PORT);
    Tcp.sequence(segment, at, sequence);
    Bytes.putI32(segment, at + 8, (flags & Tcp.ACK) != 0 ? acknowledged : 0);
    Bytes.putU8(segment, at + 12, 5 << 4);
    Tcp.flags(segment, at, flags);
    Bytes.putU16(segment, at + 14, 1_000);
    return packet;
  }

  public static byte[] udp(boolean fromClient, int clientPort, int serverPort, byte... payload) {
    byte[] packet = ip(fromClient, IpProtocol.UDP, Udp.HEADER_LENGTH + payload.length);
    MemorySegment segment = MemorySegment.ofArray(packet);
    int at = Ipv4.HEADER_LENGTH_MIN;
    Bytes.putU16(segment, at, fromClient ? clientPort : serverPort);
    Bytes.putU16(segment, at + 2, fromClient ? serverPort : clientPort);
    Udp.length(segment, at, Udp.HEADER_LENGTH + payload.length);
    System.arraycopy(payload, 0, packet, at + Udp.HEADER_LENGTH, payload.length);
    fillChecksums(packet);
    return packet;
  }

  /** An IPv4 packet without a payload's content. */
  public static byte[] ip(boolean fromClient, int protocol, int payload) {
    byte[] packet = new byte[Ipv4.HEADER_LENGTH_MIN + payload];
    MemorySegment segment = MemorySegment.ofArray(packet);
    Bytes.putU8(segment, 0, 0x45);
    Ipv4.totalLength(segment, 0, packet.length);
    Bytes.putU8(segment, 8, 64);
    Bytes.putU8(segment, 9, protocol);
    Bytes.putI32(segment, 12, fromClient ? CLIENT : SERVER);
    Bytes.putI32(segment, 16, fromClient ? SERVER : CLIENT);
    return packet;
  }

  /** Fills in the checksums of an IPv4 packet, TCP, UDP or ICMP. */
  public static void fillChecksums(byte[] packet) {
    MemorySegment segment = MemorySegment.ofArray(packet);
    int at = Ipv4.HEADER_LENGTH_MIN;
    Ipv4.updateChecksum(segment, 0, at);
    int protocol = Ipv4.protocol(segment, 0);
    int length = packet.length - at;
    int field =
        switch (protocol) {
          case IpProtocol.TCP -> Tcp.CHECKSUM_OFFSET;
          case IpProtocol.UDP -> Udp.CHECKSUM_OFFSET;
          case IpProtocol.ICMP -> 2;
          default -> -1;
        };
    if (field < 0) {
      return;
    }
    Bytes.putU16(segment, at + field, 0);
    long sum = Checksum.sum(segment, at, length);
    if (protocol != IpProtocol.ICMP) {
      sum += Checksum.pseudoIpv4(segment, 0, protocol, length);
    }
    Bytes.putU16(segment, at + field, Checksum.finish(sum));
  }

  @Override
  public void close() {
    // records() has ended the analysis
  }
}
