/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.dispatch.SavedTalk;
import io.podtap.sensor.dispatch.SavedTalk.Carrier;
import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.sink.MemorySink;
import io.podtap.sensor.track.Tracker;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Reads any bytes as what may happen on the wire, runs it, and fails on what must never happen: an
 * exception that gets out, a parser that throws.
 */
final class FuzzScript {

  private static final int LINK_TYPES = 4;

  private static final String CLIENT_HELLO =
      "160301002f0100002b0303" + "11".repeat(32) + "000004002f00350100";

  private static final String SERVER_HELLO =
      "160303002a020000260303" + "22".repeat(32) + "00002f00";

  private FuzzScript() {}

  /** Runs a conversation, see {@link SavedTalk}. */
  static void talk(Carrier carrier, byte[] input) {
    assertThat(SavedTalk.run(carrier, input).failures()).as("parsers that threw").isZero();
  }

  /** Lets a server send a file of a kind that is read, which the first byte chooses, or a chain. */
  static MemorySink files(byte[] input) {
    if (input.length < 1) {
      return new MemorySink();
    }
    byte[] content = Arrays.copyOfRange(input, 1, input.length);
    StreamScript script = StreamScript.tcp(input[0] < 0 ? 443 : 80, 1 + (input[0] & 0x7F));
    if (input[0] < 0) {
      byte[] message = new byte[content.length + 15];
      message[0] = 0x16; // a record with one certificate (RFC 5246 section 7.4.2)
      message[1] = 3;
      message[2] = 3;
      put(message, 3, 2, content.length + 10);
      message[5] = 11;
      put(message, 6, 3, content.length + 6);
      put(message, 9, 3, content.length + 3);
      put(message, 12, 3, content.length);
      System.arraycopy(content, 0, message, 15, content.length);
      script
          .say(/* fromClient= */ true, HexFormat.of().parseHex(CLIENT_HELLO))
          .say(/* fromClient= */ false, HexFormat.of().parseHex(SERVER_HELLO))
          .say(/* fromClient= */ false, message);
    } else {
      String magic = (input[0] & 1) == 0 ? "MZ" : "";
      String type = (input[0] & 2) == 0 ? "" : "Content-Type: application/ocsp-response\r\n";
      script
          .client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
          .server("HTTP/1.1 200 OK\r\nConnection: close\r\n" + type + "\r\n" + magic)
          .say(/* fromClient= */ false, content)
          .end(/* fromClient= */ false);
    }
    MemorySink logs = script.finish();
    assertThat(script.failures()).as("parsers that threw").isZero();
    return logs;
  }

  private static void put(byte[] target, int at, int count, int value) {
    for (int i = 0; i < count; i++) {
      target[at + i] = (byte) (value >>> (8 * (count - 1 - i)));
    }
  }

  /** Runs frames: one byte for the link type, two bytes of length, and the frame. */
  static void frames(byte[] input) {
    int[] linkTypes = {LinkType.RAW, LinkType.ETHERNET, LinkType.RAW, LinkType.RAW};
    Frame frame = new Frame();
    try (Analysis analysis =
        new Analysis(
            new Tracker.Settings(64, (input.length & 1) == 0, 1, 1 << 16),
            new MemorySink(),
            /* tapName= */ null)) {
      long nowNs = Conversation.START_NS;
      int at = 0;
      while (at + 3 <= input.length) {
        int linkType = linkTypes[(input[at] & 0xFF) % LINK_TYPES];
        int wanted = (input[at + 1] & 0xFF) << 8 | (input[at + 2] & 0xFF);
        at += 3;
        byte[] bytes = Arrays.copyOfRange(input, at, Math.min(input.length, at + wanted));
        at += bytes.length;
        frame.wrap(
            MemorySegment.ofArray(bytes), 0, bytes.length, Math.max(wanted, bytes.length), nowNs);
        analysis.onFrame(frame.origin(linkType, 0, false));
        nowNs += 1_000_000;
      }
    }
  }
}
