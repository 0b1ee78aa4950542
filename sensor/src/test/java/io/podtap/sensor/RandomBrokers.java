/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.long32;
import static io.podtap.sensor.Octets.sevenBits;
import static io.podtap.sensor.Octets.short16;
import static io.podtap.sensor.Octets.u16;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;
import static io.podtap.sensor.Octets.zeros;

/** Random conversations of Kafka, AMQP in both forms, and MQTT. */
final class RandomBrokers {

  private static final int METADATA_BYTES = 120;

  /** Keys of requests and a version of each. */
  private static final int[][] KAFKA_REQUESTS = {
    {18, 3}, {3, 12}, {0, 9}, {1, 13}, {0, 3}, {10, 4}, {11, 9}, {12, 4}, {8, 8}, {22, 4}, {1, 4},
    {36, 2}, {17, 1}
  };

  private static final int SASL_HANDSHAKE = 17;

  private RandomBrokers() {}

  /** Requests of many keys and versions, several in a row. */
  static void kafka(RandomTalk talk) {
    int correlation = 1;
    String client = talk.oneIn(3) ? "\377\377" : short16(talk.word());
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = talk.oneIn(3) ? 1 + talk.below(4) : 1; left > 0; left--) {
        int[] request = KAFKA_REQUESTS[talk.below(KAFKA_REQUESTS.length)];
        int key = request[0];
        String rest = "\0" + (key < 2 ? talk.content() : talk.content(talk.below(METADATA_BYTES)));
        String head = u16(key) + u16(request[1]) + u32(correlation) + client;
        asked.append(long32(head + (key == SASL_HANDSHAKE ? short16("PLAIN") : rest)));
        answered.append(long32(u32(correlation) + "\0" + talk.content()));
        correlation++;
      }
      talk.client(asked).server(answered);
    }
  }

  // --- AMQP 0-9-1

  /** Messages in both directions, declarations, heartbeats. */
  static void amqp091(RandomTalk talk) {
    talk.exchange();
    talk.client("AMQP\0\0\11\1");
    talk.server(method(0, 10, 10, "\0\11" + u32(0) + long32("PLAIN") + long32("en_US")));
    talk.client(method(0, 10, 11, u32(0) + "\5PLAIN" + long32("\0ab\0cd") + "\5en_US"));
    talk.server(method(0, 10, 30, "\7\377" + u32(131_072) + "\0\74"));
    talk.client(
        method(0, 10, 31, "\7\377" + u32(131_072) + "\0\74") + method(0, 10, 40, "\1/\0\0"));
    talk.server(method(0, 10, 41, "\0"));
    talk.client(method(1, 20, 10, "\0")).server(method(1, 20, 11, u32(0)));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      switch (talk.below(6)) {
        case 0, 1 -> {
          StringBuilder asked = new StringBuilder();
          for (int left = 1 + talk.below(3); left > 0; left--) {
            asked.append(method(1, 60, 40, "\0\0\1x\3key\0")).append(content(talk.content()));
          }
          talk.client(asked);
        }
        case 2 -> {
          talk.client(method(1, 50, 10, "\0\0\1q\0" + u32(0)));
          talk.server(method(1, 50, 11, "\1q" + u32(0) + u32(0)));
        }
        case 3 -> {
          String deliver = method(1, 60, 60, "\3tag" + u32(0) + u32(i) + "\0\1x\3key");
          talk.server(deliver + content(talk.content()));
          talk.client(method(1, 60, 80, u32(0) + u32(i) + "\0"));
        }
        case 4 -> talk.client(frame(8, 0, "")).server(frame(8, 0, ""));
        default -> {
          talk.client(method(1, 60, 70, "\0\0\1q\0"));
          talk.server(method(1, 60, 72, "\0"));
        }
      }
    }
  }

  private static String frame(int type, int channel, String content) {
    return u8(type) + u16(channel) + long32(content) + "\316";
  }

  private static String method(int channel, int of, int method, String arguments) {
    return frame(1, channel, u16(of) + u16(method) + arguments);
  }

  private static String content(String content) {
    String header = frame(2, 1, u16(60) + u16(0) + u32(0) + u32(content.length()) + "\0\0");
    return content.isEmpty() ? header : header + frame(3, 1, content);
  }

  // --- AMQP 1.0

  /** Transfers in both directions, dispositions, flows, empty frames. */
  static void amqp1(RandomTalk talk) {
    talk.exchange();
    talk.client("AMQP\0\1\0\0").server("AMQP\0\1\0\0");
    talk.client(performative(0x10, "\241\3cid")).server(performative(0x10, "\241\3srv"));
    talk.client(performative(0x11, "\100\103") + performative(0x12, "\241\1l\103\102"));
    talk.server(performative(0x11, "\140\0\0\103") + performative(0x12, "\241\1l\103\101"));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      String transfer =
          frame1(
              "\0\123\24\300\7\3\103\122"
                  + u8(i)
                  + "\240\1x\0\123\165\260"
                  + long32(talk.content()));
      if (talk.oneIn(3)) {
        talk.server(transfer).client(performative(0x15, "\101\103"));
      } else {
        talk.client(transfer).server(performative(0x15, "\101\103"));
      }
      if (talk.oneIn(6)) {
        talk.client(u32(8) + "\2\0\0\0");
      }
      if (talk.oneIn(5)) {
        talk.client(performative(0x13, "\103\122\5"));
      }
    }
  }

  private static String frame1(String body) {
    return u32(8 + body.length()) + "\2\0\0\0" + body;
  }

  private static String performative(int code, String fields) {
    return frame1("\0\123" + u8(code) + "\300" + u8(fields.length() + 1) + "\1" + fields);
  }

  // --- MQTT 3.1.1 and 5

  /** Messages of each quality in both directions, subscriptions, pings. */
  static void mqtt(RandomTalk talk) {
    boolean isVersion5 = talk.oneIn(2);
    String none = isVersion5 ? "\0" : "";
    String hello = short16("MQTT") + (isVersion5 ? "\5" : "\4") + "\2\0\74" + none + short16("cli");
    talk.exchange();
    talk.client(packet(0x10, hello)).server(packet(0x20, "\0\0" + none));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      String id = u16(i + 1);
      String topic = short16(talk.word() + "/" + i);
      String properties = isVersion5 ? talk.pick("\0", "\5\2" + zeros(4)) : "";
      String content = talk.content();
      String known = topic + id + properties + content;
      switch (talk.below(6)) {
        case 0 -> talk.client(packet(0x30, topic + properties + content));
        case 1 -> talk.client(packet(0x32, known)).server(packet(0x40, id));
        case 2 -> {
          talk.client(packet(0x34, known)).server(packet(0x50, id));
          talk.client(packet(0x62, id)).server(packet(0x70, id));
        }
        case 3 -> talk.server(packet(0x32, known)).client(packet(0x40, id));
        case 4 -> {
          talk.client(packet(0x82, id + none + topic + "\1"));
          talk.server(packet(0x90, id + none + "\1"));
        }
        default -> talk.client(packet(0xC0, "")).server(packet(0xD0, ""));
      }
    }
  }

  private static String packet(int first, String content) {
    return u8(first) + sevenBits(content.length()) + content;
  }
}
