/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.ber;
import static io.podtap.sensor.Octets.long32;
import static io.podtap.sensor.Octets.short16;
import static io.podtap.sensor.Octets.short8;
import static io.podtap.sensor.Octets.u16;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;

/** Random conversations of DNS, LDAP and Kerberos over TCP. */
final class RandomDirectories {

  private static final int A = 1;
  private static final int TXT = 16;

  private RandomDirectories() {}

  /** Questions of several types, several in a row, with one identifier for all or one for each. */
  static void dns(RandomTalk talk) {
    int id = talk.below(60_000);
    boolean isAlwaysZero = talk.oneIn(3);
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = talk.oneIn(3) ? 2 : 1; left > 0; left--) {
        id++;
        String identifier = u16(isAlwaysZero ? 0 : id);
        int type = talk.pick(A, 28, TXT, 33, 15);
        String question = short8(talk.word() + i) + "\7example\0" + u16(type) + "\0\1";
        String options = talk.oneIn(2) ? "\0\0\51\20\0\0\0\0\0\0\0" : "";
        String more = u16(options.isEmpty() ? 0 : 1);
        asked.append(short16(identifier + "\1\0\0\1\0\0\0\0" + more + question + options));
        int count = type == A ? talk.below(4) : type == TXT ? talk.below(6) : 0;
        StringBuilder answers = new StringBuilder();
        for (int k = 0; k < count; k++) {
          answers.append("\300\14" + u16(type) + "\0\1" + u32(60));
          answers.append(short16(type == A ? "\12\0\0" + u8(k) : short8("t".repeat(200))));
        }
        String flags = count == 0 ? "\201\203" : "\201\200";
        String counts = "\0\1" + u16(count) + "\0\0" + more;
        answered.append(short16(identifier + flags + counts + question + answers + options));
      }
      talk.client(asked).server(answered);
    }
  }

  // --- LDAP (RFC 4511)

  /** Binds, searches with entries, changes, several in a row. */
  static void ldap(RandomTalk talk) {
    int id = 1;
    talk.exchange();
    talk.client(message(id, ber(0x60, integer(3) + octets("cn=ann") + ber(0x80, "pw"))));
    talk.server(message(id, result(0x61, 0)));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = talk.oneIn(4) ? 2 : 1; left > 0; left--) {
        id++;
        String name = "cn=%s%d,dc=example".formatted(talk.word(), i);
        switch (talk.below(4)) {
          case 0, 1 -> {
            asked.append(message(id, search(name, talk.word())));
            for (int entries = talk.below(4); entries > 0; entries--) {
              String values = ber(0x31, octets(talk.content()));
              String attributes = ber(0x30, ber(0x30, octets("cn") + values));
              answered.append(message(id, ber(0x64, octets(name) + attributes)));
            }
            answered.append(message(id, result(0x65, talk.pick(0, 32))));
          }
          case 2 -> {
            asked.append(message(id, ber(0x4A, name)));
            answered.append(message(id, result(0x6B, talk.pick(0, 50))));
          }
          default -> {
            String change = ber(0x30, octets("sn") + ber(0x31, octets(talk.word())));
            String changes = ber(0x30, ber(0x30, ber(0x0A, "\2") + change));
            asked.append(message(id, ber(0x66, octets(name) + changes)));
            answered.append(message(id, result(0x67, 0)));
          }
        }
      }
      talk.client(asked).server(answered);
    }
    talk.exchange();
    talk.client(message(id + 1, ber(0x42, "")));
  }

  private static String message(int id, String operation) {
    return ber(0x30, integer(id) + operation);
  }

  private static String integer(int value) {
    return ber(2, value < 0x80 ? u8(value) : u16(value));
  }

  private static String octets(String text) {
    return ber(4, text);
  }

  private static String result(int tag, int code) {
    return ber(tag, ber(0x0A, u8(code)) + octets("") + octets(code == 0 ? "" : "refused"));
  }

  private static String search(String base, String value) {
    String bounds = ber(0x0A, "\2") + ber(0x0A, "\0") + integer(100) + integer(0) + ber(1, "\0");
    String filter = ber(0xA3, octets("cn") + octets(value));
    return ber(0x63, octets(base) + bounds + filter + ber(0x30, octets("cn")));
  }

  // --- Kerberos (RFC 4120)

  /** Requests for tickets that are refused: nothing in them is encrypted. */
  static void kerberos(RandomTalk talk) {
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      String client = name(1, talk.word() + i);
      String service = name(2, "krbtgt", "EXAMPLE");
      String realm = ber(0x1B, "EXAMPLE");
      String body =
          ber(0xA0, ber(3, "\0\100\0\0\0"))
              + ber(0xA1, client)
              + ber(0xA2, realm)
              + ber(0xA3, service)
              + ber(0xA5, ber(0x18, "20370913024805Z"))
              + ber(0xA7, integer(1_000 + i))
              + ber(0xA8, ber(0x30, integer(18) + integer(17)));
      String versions = ber(0xA1, integer(5)) + ber(0xA2, integer(10));
      talk.client(long32(ber(0x6A, ber(0x30, versions + ber(0xA4, ber(0x30, body))))));
      String error =
          ber(0xA0, integer(5))
              + ber(0xA1, integer(30))
              + ber(0xA4, ber(0x18, "20261201100000Z"))
              + ber(0xA5, integer(1))
              + ber(0xA6, integer(talk.pick(6, 18, 24)))
              + ber(0xA9, realm)
              + ber(0xAA, service)
              + (talk.oneIn(2) ? ber(0xAC, octets(talk.content())) : "");
      talk.server(long32(ber(0x7E, ber(0x30, error))));
    }
  }

  private static String name(int type, String... parts) {
    StringBuilder texts = new StringBuilder();
    for (String part : parts) {
      texts.append(ber(0x1B, part));
    }
    return ber(0x30, ber(0xA0, integer(type)) + ber(0xA1, ber(0x30, texts.toString())));
  }
}
