/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.Analysis;
import io.podtap.sensor.notice.catalog.Detections;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What two hosts say to each other, packet by packet through the whole analysis with detections
 * behind it. One connection at a time; a packet takes a millisecond. Checksums are left out.
 */
public final class NoticeTalk implements AutoCloseable {

  public static final String CLIENT = "10.0.0.1";
  public static final String SERVER = "10.0.0.2";

  private static final int CLIENT_ADDRESS = 0x0A00_0001;
  private static final int SERVER_ADDRESS = 0x0A00_0002;
  private static final long START_NS = 1_700_000_000_000_000_000L;
  private static final int SYN = 0x02;
  private static final int ACK = 0x10;
  private static final int PUSH = 0x08;
  private static final int FIN = 0x01;
  private static final int RST = 0x04;

  private final MemorySink logs = new MemorySink();
  private final Frame frame = new Frame();
  private final Analysis analysis;
  private int protocol = IpProtocol.TCP;
  private int clientPort = 40_000;
  private int serverPort;
  private int clientNext;
  private int serverNext;
  private long nowNs = START_NS;

  /**
   * @param options as on the command line, {@code detect=...} among them
   */
  public NoticeTalk(String... options) {
    NoticeSettings settings =
        NoticeSettingsFile.read(/* file= */ null, List.of(options), /* exceptions= */ null);
    NoticeStage stage =
        new NoticeStage(Detections.all(), settings, logs, WorkloadNames.NONE, List.of());
    analysis =
        new Analysis(
            new Tracker.Settings(1_000, /* checkChecksums= */ false, 7),
            new NoticeSink(logs, stage),
            /* tapName= */ null);
  }

  /** Begins a TCP connection; from now on it is the one that says something. */
  public NoticeTalk connect(int port) {
    attempt(port);
    segment(false, SYN | ACK, "");
    serverNext++;
    return segment(true, ACK, "");
  }

  /** Asks for a connection. */
  public NoticeTalk attempt(int port) {
    begin(IpProtocol.TCP, port);
    segment(true, SYN, "");
    clientNext++;
    return this;
  }

  /** Begins an exchange of datagrams. */
  public NoticeTalk datagrams(int port) {
    begin(IpProtocol.UDP, port);
    return this;
  }

  private void begin(int transport, int port) {
    protocol = transport;
    serverPort = port;
    clientPort++;
    clientNext = 1_000;
    serverNext = 5_000;
  }

  /** Lets the client say something, one character a byte. */
  public NoticeTalk client(String text) {
    return say(true, text);
  }

  /** Lets the server say something, one character a byte. */
  public NoticeTalk server(String text) {
    return say(false, text);
  }

  private NoticeTalk say(boolean fromClient, String text) {
    if (protocol == IpProtocol.UDP) {
      ByteBuffer packet = ip(fromClient, 8 + text.length());
      packet.putShort((short) (8 + text.length())).putShort((short) 0).put(bytes(text));
      return send(packet);
    }
    segment(fromClient, PUSH | ACK, text);
    lose(fromClient, text.length());
    return segment(!fromClient, ACK, "");
  }

  /** Lets one end send bytes that are not captured; what it says next acknowledges nothing. */
  public NoticeTalk lose(boolean fromClient, int count) {
    clientNext += fromClient ? count : 0;
    serverNext += fromClient ? 0 : count;
    return this;
  }

  /** Lets one end acknowledge all that the other one has sent. */
  public NoticeTalk acknowledge(boolean fromClient) {
    return segment(fromClient, ACK, "");
  }

  /** Lets the server refuse. */
  public NoticeTalk refuse() {
    return segment(false, RST | ACK, "");
  }

  /** Closes the connection from both ends. */
  public NoticeTalk finish() {
    segment(true, FIN | ACK, "");
    clientNext++;
    segment(false, FIN | ACK, "");
    serverNext++;
    return segment(true, ACK, "");
  }

  /** Lets time pass before the next packet. */
  public NoticeTalk pause(Duration time) {
    nowNs += time.toNanos();
    return this;
  }

  /** Lets time pass without packets. */
  public NoticeTalk idle(Duration time) {
    pause(time);
    analysis.idle(nowNs);
    return this;
  }

  private NoticeTalk segment(boolean fromClient, int flags, String data) {
    ByteBuffer packet = ip(fromClient, 20 + data.length());
    packet.putInt(fromClient ? clientNext : serverNext);
    packet.putInt((flags & ACK) == 0 ? 0 : fromClient ? serverNext : clientNext);
    packet.put((byte) 0x50).put((byte) flags).putShort((short) 0xFFFF).putInt(0);
    return send(packet.put(bytes(data)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private ByteBuffer ip(boolean fromClient, int length) {
    ByteBuffer packet = ByteBuffer.allocate(20 + length);
    packet.putShort((short) 0x4500).putShort((short) (20 + length)).putInt(0);
    packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
    packet.putInt(fromClient ? CLIENT_ADDRESS : SERVER_ADDRESS);
    packet.putInt(fromClient ? SERVER_ADDRESS : CLIENT_ADDRESS);
    packet.putShort((short) (fromClient ? clientPort : serverPort));
    return packet.putShort((short) (fromClient ? serverPort : clientPort));
  }

  private NoticeTalk send(ByteBuffer packet) {
    int length = packet.position();
    frame.wrap(MemorySegment.ofBuffer(packet.flip()), 0, length, length, nowNs);
    analysis.onFrame(frame.origin(LinkType.RAW, 0, false));
    nowNs += 1_000_000;
    return this;
  }

  /** Returns the records of a log so far. */
  public List<Map<String, String>> rows(String log) {
    return logs.rows(log);
  }

  /** Returns one field of the records of a log so far. */
  public List<String> values(String log, String field) {
    return rows(log).stream().map(row -> row.getOrDefault(field, "")).toList();
  }

  /** Returns the kinds of notices so far. */
  public List<String> kinds() {
    return values("notice", "note");
  }

  /** Ends the capture. */
  @Override
  public void close() {
    analysis.close();
  }
}
