/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.parse.StreamParser;
import io.podtap.sensor.sink.LogStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Follows a connection that has become a WebSocket: its messages, unmasked, are looked into as a
 * connection of their own. One thread.
 *
 * <pre>
 *  0                   1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 * +-+-+-+-+-------+-+-------------+
 * |F|R|R|R| opcode|M| length      |  126: 16 bits follow, 127: 64 bits; then 32 bits of mask
 * |I|S|S|S|       |A|             |  when the mask bit is set
 * |N|V|V|V|       |S|             |
 * +-+-+-+-+-------+-+-------------+
 * </pre>
 *
 * @see "RFC 6455 sections 4.2.2 and 5.2; RFC 7692"
 */
final class WebSocketParser implements StreamParser {

  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** Who finds what is weird about the handshake, and about frames. */
  private static final String SCRIPT = "WebSocket";

  private static final String ANALYZER = "WEBSOCKET";
  private static final int CONTROL_LENGTH_MAX = 125;
  private static final int HEADER_LENGTH_MAX = 14;
  private static final int UNMASKED_MAX = 2 << 10;

  private final Session session;
  private final StreamParser content;
  private final Direction client;
  private final Direction server;
  private final byte[] unmasked = new byte[UNMASKED_MAX];
  private final Payload view = new Payload();

  /** One direction's place in its frames. */
  private static final class Direction {
    final Gather header;
    long left;
    int mask;
    int maskAt;
    boolean isMasked;
    boolean isContent;
    boolean isLost;

    Direction(HeapAccount account) {
      header = new Gather(HEADER_LENGTH_MAX, account);
    }
  }

  WebSocketParser(
      Session session,
      LogStream<WebSocketLog.Row> log,
      HttpTransaction transaction,
      HeaderFields request,
      HeaderFields answer) {
    this.client = new Direction(session.account());
    this.server = new Direction(session.account());
    session.account().take(HeapSize.bytes(UNMASKED_MAX));
    this.session = session;
    checkHandshake(session, request, answer);
    log.write(
        new WebSocketLog.Row(
            session.flow(),
            session.nowNs(),
            transaction.host,
            transaction.uri,
            transaction.userAgent,
            answer.get(HttpHeader.SEC_WEBSOCKET_PROTOCOL),
            request.get(HttpHeader.SEC_WEBSOCKET_PROTOCOL),
            answer.get(HttpHeader.SEC_WEBSOCKET_EXTENSIONS),
            request.get(HttpHeader.SEC_WEBSOCKET_EXTENSIONS)));
    content = session.innerByContent();
  }

  /** RFC 6455 section 4.2.2: a key, and what is made of it. */
  private static void checkHandshake(Session session, HeaderFields request, HeaderFields answer) {
    if (request.isRepeated(HttpHeader.SEC_WEBSOCKET_KEY)) {
      session.weird("websocket_multiple_key_headers", "", SCRIPT);
    }
    if (answer.isRepeated(HttpHeader.SEC_WEBSOCKET_PROTOCOL)) {
      session.weird("websocket_multiple_protocol_headers", "", SCRIPT);
    }
    if (answer.isRepeated(HttpHeader.SEC_WEBSOCKET_ACCEPT)) {
      session.weird("websocket_multiple_accept_headers", "", SCRIPT);
    }
    String key = request.get(HttpHeader.SEC_WEBSOCKET_KEY);
    String found = answer.get(HttpHeader.SEC_WEBSOCKET_ACCEPT);
    if (key.isEmpty()) {
      session.weird("websocket_missing_key_header", "", SCRIPT);
    }
    if (found.isEmpty()) {
      session.weird("websocket_missing_accept_header", "", SCRIPT);
    }
    String expected = accept(key);
    if (!key.isEmpty() && !found.isEmpty() && !expected.equals(found)) {
      session.weird(
          "websocket_wrong_accept_header", "expected=" + expected + ", found=" + found, SCRIPT);
    }
  }

  private static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + MAGIC).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  @Override
  public void onData(boolean fromOriginator, Payload data) {
    Direction direction = fromOriginator ? client : server;
    while (!data.isEmpty() && !direction.isLost) {
      if (direction.left == 0) {
        frame(direction, data);
      } else {
        content(direction, fromOriginator, data);
      }
    }
  }

  private void frame(Direction direction, Payload data) {
    Payload start = direction.header.peek(data, 2);
    if (start == null) {
      return;
    }
    int first = start.u8(0);
    int second = start.u8(1);
    int lengthBytes = (second & 0x7F) == 126 ? 2 : (second & 0x7F) == 127 ? 8 : 0;
    boolean masked = (second & 0x80) != 0;
    Payload header = direction.header.take(data, 2 + lengthBytes + (masked ? 4 : 0));
    if (header == null) {
      return;
    }
    direction.left =
        switch (lengthBytes) {
          case 0 -> second & 0x7F;
          case 2 -> header.u16(2);
          default -> header.u32(2) << 32 | header.u32(6);
        };
    direction.isLost = direction.left < 0;
    direction.isMasked = masked;
    direction.mask = masked ? (int) header.u32(2 + lengthBytes) : 0;
    direction.maskAt = 0;
    boolean isControl = (first & 0x08) != 0;
    boolean isCompressed = (first & 0x40) != 0;
    direction.isContent = !isControl && !isCompressed;
    if (isControl && direction.left > CONTROL_LENGTH_MAX) {
      session.weird(
          "websocket_control_frame_size_exceeded",
          direction.left + " > " + CONTROL_LENGTH_MAX,
          ANALYZER);
    }
  }

  private void content(Direction direction, boolean fromOriginator, Payload data) {
    int count = (int) Math.min(direction.left, data.length());
    if (direction.isContent && !direction.isMasked) {
      content.onData(fromOriginator, view.wrap(data, 0, count));
    } else if (direction.isContent) {
      count = Math.min(count, UNMASKED_MAX);
      for (int i = 0; i < count; i++) {
        int key = direction.mask >>> (24 - 8 * (direction.maskAt++ & 3));
        unmasked[i] = (byte) (data.u8(i) ^ key);
      }
      content.onData(fromOriginator, view.wrap(unmasked, 0, count));
    }
    data.skip(count);
    direction.left -= count;
  }

  @Override
  public void onGap(boolean fromOriginator, long length) {
    Direction direction = fromOriginator ? client : server;
    if (length <= direction.left) {
      direction.left -= length;
      direction.maskAt += (int) (length & 3);
      if (direction.isContent) {
        content.onGap(fromOriginator, length);
      }
    } else {
      direction.isLost = true; // where the next frame begins nobody knows
    }
  }

  @Override
  public void onEnd(boolean fromOriginator) {
    content.onEnd(fromOriginator);
  }

  @Override
  public void onFlowEnd() {
    content.onFlowEnd();
  }
}
