/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A conversation of one protocol in one TCP connection, random by a seed: what is asked, how long
 * it is, how it is cut into segments, when it is acknowledged, and the pauses. The messages follow
 * the specifications, not the parsers.
 */
final class RandomTalk {

  /** Exchanges of a conversation; those that begin it come besides. */
  static final int EXCHANGES = 10;

  private static final int ACK = 0x10;
  private static final int PUSH_ACK = 0x18;
  private static final int[] SEGMENT_BYTES = {240, 536, 1_448, 1_448};
  private static final int LETTERS = 26;

  /**
   * A packet.
   *
   * @param exchange which one it belongs to; -1 is the handshake
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Packet(long timeNs, byte[] bytes, boolean fromClient, int exchange, boolean hasData) {
    TwoTaps.Sent sent() {
      return new TwoTaps.Sent(timeNs, bytes, LinkType.RAW);
    }
  }

  private final int port;
  private final SplittableRandom random;
  private final int segmentBytes;
  private final List<Packet> packets = new ArrayList<>();
  private final int[] next = {1_000, 5_000};
  private long timeNs = Conversation.START_NS;
  private int exchange = -1;

  RandomTalk(int port, SplittableRandom random) {
    this.port = port;
    this.random = random;
    this.segmentBytes = SEGMENT_BYTES[random.nextInt(SEGMENT_BYTES.length)];
    packet(true, 0x02, 1, new byte[0]);
    packet(/* fromClient= */ false, 0x12, 1, new byte[0]);
    packet(true, ACK, 0, new byte[0]);
  }

  // --- What is said

  /** Begins the next exchange. */
  RandomTalk exchange() {
    exchange++;
    return this;
  }

  RandomTalk client(CharSequence latin1) {
    return say(true, latin1.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  RandomTalk server(CharSequence latin1) {
    return say(/* fromClient= */ false, latin1.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private RandomTalk say(boolean fromClient, byte[] bytes) {
    int count = 0;
    for (int at = 0; at < bytes.length; at += segmentBytes) {
      int end = Math.min(bytes.length, at + segmentBytes);
      packet(
          fromClient, end == bytes.length ? PUSH_ACK : ACK, 0, Arrays.copyOfRange(bytes, at, end));
      count++;
      if (count % 2 == 0) {
        packet(!fromClient, ACK, 0, new byte[0]);
      }
    }
    if (count % 2 == 1 && !oneIn(3)) {
      packet(!fromClient, ACK, 0, new byte[0]);
    }
    timeNs += oneIn(12) ? 300_000_000 : 0;
    return this;
  }

  /** Closes the connection; nothing more is said. */
  RandomTalk close() {
    exchange++;
    packet(true, 0x11, 1, new byte[0]);
    packet(/* fromClient= */ false, 0x11, 1, new byte[0]);
    packet(true, ACK, 0, new byte[0]);
    return this;
  }

  private void packet(boolean fromClient, int flags, int flagBytes, byte[] payload) {
    int side = fromClient ? 0 : 1;
    byte[] packet =
        Conversation.tcp(fromClient, port, flags, next[side], next[1 - side], payload.length);
    System.arraycopy(payload, 0, packet, packet.length - payload.length, payload.length);
    Conversation.fillChecksums(packet);
    next[side] += payload.length + flagBytes;
    packets.add(new Packet(timeNs, packet, fromClient, exchange, payload.length > 0));
    timeNs += 100_000 + random.nextInt(2_000_000);
  }

  // --- What is random

  boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int pick(int... values) {
    return values[random.nextInt(values.length)];
  }

  String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  /** Three to fourteen small letters. */
  String word() {
    StringBuilder text = new StringBuilder();
    for (int left = 3 + below(12); left > 0; left--) {
      text.append((char) ('a' + below(LETTERS)));
    }
    return text.toString();
  }

  /** Text or bytes, mostly short, sometimes of several segments. */
  String content() {
    return content(
        switch (below(10)) {
          case 0, 1, 2, 3 -> below(40);
          case 4, 5, 6 -> 50 + below(400);
          case 7, 8 -> 600 + below(1_400);
          default -> 2_000 + below(3_000);
        });
  }

  String content(int length) {
    StringBuilder text = new StringBuilder(length);
    boolean isText = !oneIn(3);
    for (int i = 0; i < length; i++) {
      text.append((char) (isText ? ' ' + below(95) : below(256)));
    }
    return text.toString();
  }

  /** As {@link #content()}, without bytes that are zero. */
  String text() {
    return content().replace('\0', 'x');
  }

  /** As {@link #content()}, without ends of lines and other control characters. */
  String line() {
    return content().replaceAll("[^ -~]", "x");
  }

  // --- What is seen

  List<Packet> packets() {
    return packets;
  }

  /** Returns the exchange that closes the connection. */
  int lastExchange() {
    return exchange;
  }

  /** Returns the time at which an exchange begins, nanoseconds since 1970. */
  long beginNs(int wanted) {
    for (Packet packet : packets) {
      if (packet.exchange >= wanted) {
        return packet.timeNs;
      }
    }
    return Long.MAX_VALUE;
  }

  /** Returns the records when packets from one on are seen, up to another, without some. */
  MemorySink run(int from, int to, Set<Integer> without) {
    MemorySink sink = new MemorySink();
    try (Analysis analysis = new Analysis(new Tracker.Settings(1_000, true, 7), sink, null)) {
      Frame frame = new Frame();
      for (int i = from; i < to; i++) {
        if (!without.contains(i)) {
          byte[] bytes = packets.get(i).bytes;
          frame.wrap(
              MemorySegment.ofArray(bytes), 0, bytes.length, bytes.length, packets.get(i).timeNs);
          analysis.onFrame(frame.origin(LinkType.RAW, 0, /* outgoing= */ false));
        }
      }
    }
    return sink;
  }
}
