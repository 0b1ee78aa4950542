/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mqtt;

import io.podtap.sensor.parse.Payload;

/**
 * First bytes of MQTT, and messages in the middle of a connection.
 *
 * @see "OASIS MQTT 5.0 sections 2.1, 3.1 and 3.2"
 */
final class MqttSignature {

  private MqttSignature() {}

  static boolean isConnect(Payload p) {
    int name = p.u8(1) < 0x80 ? 2 : 3; // a length from 128 on takes two bytes
    return p.u8(0) == 0x10
        && (p.has(name, "\u0000\u0004MQTT") || p.has(name, "\u0000\u0006MQIsdp"));
  }

  static boolean isAcknowledgment(Payload p) {
    return p.u16(0) == 0x2002 && p.length() >= 4;
  }

  /** PUBLISH, SUBSCRIBE or UNSUBSCRIBE with a topic in it, whose length fills the segment. */
  static boolean isMessage(Payload p) {
    int kind = p.u8(0) >> 4;
    boolean isTelling = kind == 3 || p.u8(0) == 0x82 || p.u8(0) == 0xA2;
    if (!isTelling || (kind == 3 && (p.u8(0) & 6) == 6)) {
      return false;
    }
    int header = 1;
    long length = 0;
    do {
      length |= (long) (Math.max(0, p.u8(header)) & 0x7F) << (7 * (header - 1));
      header++;
    } while (p.u8(header - 1) >= 0x80 && header < 5);
    int topic = kind == 3 ? header : header + 2;
    int topicLength = p.u16(topic);
    if (header + length != p.length() || topicLength < 1 || topicLength > length - 2) {
      return false;
    }
    for (int at = topic + 2; at < topic + 2 + topicLength; at++) {
      if (p.u8(at) < ' ') {
        return false;
      }
    }
    return true;
  }

  /** SUBACK for one topic, of a version before 5, that fills the segment. */
  static boolean isGrant(Payload p) {
    int granted = p.u8(4);
    return p.u16(0) == 0x9003 && p.length() == 5 && (granted <= 2 || granted == 0x80);
  }

  static boolean isSubscription(Payload p) {
    return p.u8(0) == 0x82 && isMessage(p);
  }
}
