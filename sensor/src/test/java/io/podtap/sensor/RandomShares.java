/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.little16;
import static io.podtap.sensor.Octets.little32;
import static io.podtap.sensor.Octets.little64;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;
import static io.podtap.sensor.Octets.zeros;

import java.nio.charset.StandardCharsets;

/** Random conversations of SMB 2 (MS-SMB2) and DCE/RPC over TCP (C706, MS-RPCE). */
final class RandomShares {

  private static final int NEGOTIATE = 0;
  private static final int TREE_CONNECT = 3;
  private static final int CREATE = 5;
  private static final int CLOSE = 6;
  private static final int READ = 8;
  private static final int WRITE = 9;

  /** The epmapper's interface, version 3, and the transfer syntax NDR, version 2. */
  private static final String MAPPER =
      "\10\203\257\341\37\135\311\21\221\244\10\0\53\24\240\372\3\0\0\0";

  private static final String NDR =
      "\4\135\210\212\353\34\311\21\237\350\10\0\53\20\110\140\2\0\0\0";

  private RandomShares() {}

  /** Files are opened, read, written and closed; some do not exist. */
  static void smb2(RandomTalk talk) {
    long message = 0;
    talk.exchange();
    String dialects = little16(36) + little16(1) + zeros(32) + little16(0x0210);
    talk.client(smb(NEGOTIATE, 0, message, 0, false, dialects));
    String chosen = little16(65) + little16(1) + little16(0x0210) + zeros(58) + zeros(1);
    talk.server(smb(NEGOTIATE, 0, message++, 0, true, chosen));
    String path = utf16("\\\\server\\share");
    String connect = little16(9) + zeros(2) + little16(72) + little16(path.length()) + path;
    talk.client(smb(TREE_CONNECT, 0, message, 0, false, connect));
    talk.server(smb(TREE_CONNECT, 0, message++, 5, true, little16(16) + "\1" + zeros(13)));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      String name = utf16(talk.word() + i + ".txt");
      String create =
          little16(57)
              + zeros(22)
              + little32(0x12_0089)
              + zeros(4)
              + little32(7)
              + little32(1)
              + zeros(4)
              + little16(120)
              + little16(name.length())
              + zeros(8)
              + name;
      talk.client(smb(CREATE, 0, message, 5, false, create));
      if (talk.oneIn(5)) {
        talk.server(smb(CREATE, 0xC000_0034L, message++, 5, true, little16(9) + zeros(7)));
        continue;
      }
      String id = little64(100 + i) + little64(7);
      String content = talk.content() + "x";
      String opened = little16(89) + zeros(2) + little32(1) + zeros(32) + little64(9_000);
      talk.server(
          smb(
              CREATE,
              0,
              message++,
              5,
              true,
              opened + little64(content.length()) + zeros(8) + id + zeros(8)));
      if (talk.oneIn(2)) {
        String read = little16(49) + zeros(2) + little32(content.length()) + zeros(8) + id;
        talk.client(smb(READ, 0, message, 5, false, read + zeros(17)));
        String head = little16(17) + "\120\0" + little32(content.length()) + zeros(8);
        talk.server(smb(READ, 0, message++, 5, true, head + content));
      } else {
        String head = little16(49) + little16(112) + little32(content.length()) + zeros(8) + id;
        talk.client(smb(WRITE, 0, message, 5, false, head + zeros(16) + content));
        String done = little16(17) + zeros(2) + little32(content.length()) + zeros(9);
        talk.server(smb(WRITE, 0, message++, 5, true, done));
      }
      talk.client(smb(CLOSE, 0, message, 5, false, little16(24) + zeros(6) + id));
      talk.server(smb(CLOSE, 0, message++, 5, true, little16(60) + zeros(58)));
    }
  }

  private static String utf16(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1);
  }

  private static String smb(
      int command, long status, long message, int tree, boolean isAnswer, String body) {
    String head =
        "\376SMB"
            + little16(64)
            + zeros(2)
            + little32(status)
            + little16(command)
            + little16(1)
            + little32(isAnswer ? 1 : 0)
            + zeros(4)
            + little64(message)
            + zeros(4)
            + little32(tree)
            + little64(77)
            + zeros(16);
    return u32(head.length() + body.length()) + head + body;
  }

  /** A bind, and calls of several operations. */
  static void dcerpc(RandomTalk talk) {
    talk.exchange();
    String sizes = little16(4_280) + little16(4_280) + zeros(4);
    talk.client(pdu(11, 1, sizes + "\1\0\0\0" + "\0\0\1\0" + MAPPER + NDR));
    talk.server(pdu(12, 1, sizes + little16(4) + "135\0" + zeros(2) + "\1\0\0\0" + zeros(4) + NDR));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      int id = 2 + i;
      String asked = talk.content();
      String answered = talk.content();
      int operation = talk.pick(2, 3, 4, 5);
      talk.client(pdu(0, id, little32(asked.length()) + little16(0) + little16(operation) + asked));
      talk.server(pdu(2, id, little32(answered.length()) + zeros(4) + answered));
    }
  }

  private static String pdu(int type, int call, String body) {
    String head = "\5\0" + u8(type) + "\3\20\0\0\0";
    return head + little16(16 + body.length()) + zeros(2) + little32(call) + body;
  }
}
