/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.long32;
import static io.podtap.sensor.Octets.short16;
import static io.podtap.sensor.Octets.short8;
import static io.podtap.sensor.Octets.u16;
import static io.podtap.sensor.Octets.u24;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;
import static io.podtap.sensor.Octets.zeros;

/** Random conversations that begin with a handshake and have one record: SSH, TLS, WebSocket. */
final class RandomSessions {

  private static final int HANDSHAKE = 22;
  private static final int APPLICATION = 23;

  private RandomSessions() {}

  /** Versions, key exchange in clear text, then encrypted packets (RFC 4253). */
  static void ssh(RandomTalk talk) {
    talk.exchange();
    talk.server("SSH-2.0-OpenSSH_9.9\r\n").client("SSH-2.0-OpenSSH_9.8\r\n");
    talk.client(sshPacket(20, algorithms(talk))).server(sshPacket(20, algorithms(talk)));
    talk.client(sshPacket(30, long32(talk.content(32))));
    String key = long32(long32("ssh-ed25519") + long32(talk.content(32)));
    talk.server(sshPacket(31, key + long32(talk.content(32)) + long32(talk.content(83))));
    talk.client(sshPacket(21, "")).server(sshPacket(21, ""));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      talk.client(talk.content(44 + 8 * talk.below(40)));
      talk.server(talk.content(44 + 8 * talk.below(200)));
    }
  }

  private static String algorithms(RandomTalk talk) {
    StringBuilder lists = new StringBuilder(talk.content(16));
    lists.append(long32("curve25519-sha256")).append(long32("ssh-ed25519"));
    lists.append(long32("aes128-ctr").repeat(2)).append(long32("hmac-sha2-256").repeat(2));
    lists.append(long32("none").repeat(2)).append(zeros(8));
    return lists + zeros(5);
  }

  private static String sshPacket(int type, String content) {
    int padding = 8 - (5 + 1 + content.length()) % 8 + 4;
    return u32(1 + 1 + content.length() + padding)
        + u8(padding)
        + u8(type)
        + content
        + zeros(padding);
  }

  /** A session that is resumed, then application data (RFC 5246). */
  static void tls(RandomTalk talk) {
    talk.exchange();
    String session = talk.content(32);
    String name = short16(u8(0) + short16(talk.word() + ".example"));
    String extensions = u16(0) + short16(name) + u16(23) + short16("");
    String hello =
        "\3\3"
            + talk.content(32)
            + short8(session)
            + short16("\300\57\300\60")
            + "\1\0"
            + short16(extensions);
    talk.client(tlsRecord(HANDSHAKE, u8(1) + u24(hello.length()) + hello));
    String chosen = "\3\3" + talk.content(32) + short8(session) + "\300\57\0" + short16("");
    String done = tlsRecord(20, "\1") + tlsRecord(HANDSHAKE, talk.content(40));
    talk.server(tlsRecord(HANDSHAKE, u8(2) + u24(chosen.length()) + chosen) + done);
    talk.client(done);
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      talk.client(tlsRecord(APPLICATION, talk.content() + "x"));
      talk.server(tlsRecord(APPLICATION, talk.content() + "x"));
    }
  }

  private static String tlsRecord(int type, String content) {
    return u8(type) + "\3\3" + short16(content);
  }

  /** An upgrade, and frames in both directions (RFC 6455). */
  static void webSocket(RandomTalk talk) {
    talk.exchange();
    String asked = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
    String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    talk.client("GET /%s HTTP/1.1\r\nHost: h.example\r\n".formatted(talk.word()) + asked + key);
    String accepted = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    talk.server(
        "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + accepted);
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      talk.client(webSocketFrame(talk.pick(0x81, 0x82), 0x80, talk.content()));
      talk.server(webSocketFrame(talk.pick(0x81, 0x82), 0, talk.content()));
    }
  }

  private static String webSocketFrame(int first, int mask, String content) {
    int length = content.length();
    String head = length < 126 ? u8(mask | length) : u8(mask | 126) + u16(length);
    return u8(first) + head + (mask == 0 ? "" : zeros(4)) + content;
  }
}
