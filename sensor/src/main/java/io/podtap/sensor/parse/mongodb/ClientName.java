/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Payload;

/**
 * How a client calls itself in the first command of a connection: {@code client.application.name},
 * or the driver's name when the application has none. Stateless.
 *
 * @see "MongoDB handshake specification; bsonspec.org"
 */
final class ClientName {

  private static final int DOUBLE = 0x01;
  private static final int STRING = 0x02;
  private static final int DOCUMENT = 0x03;
  private static final int ARRAY = 0x04;
  private static final int BINARY = 0x05;
  private static final int OBJECT_ID = 0x07;
  private static final int BOOLEAN = 0x08;
  private static final int TIME = 0x09;
  private static final int NULL = 0x0A;
  private static final int I32 = 0x10;
  private static final int TIMESTAMP = 0x11;
  private static final int I64 = 0x12;

  private static final int NAME_MAX = 128;

  private ClientName() {}

  /** Returns the name, or an empty text. */
  static String read(Payload message, int document) {
    int client = find(message, document, "client", DOCUMENT);
    if (client < 0) {
      return "";
    }
    String application = text(message, find(message, client, "application", DOCUMENT));
    return application.isEmpty()
        ? text(message, find(message, client, "driver", DOCUMENT))
        : application;
  }

  private static String text(Payload message, int document) {
    int at = document < 0 ? -1 : find(message, document, "name", STRING);
    return at < 0
        ? ""
        : message.text(at + 4, Math.clamp(MongodbMessages.i32(message, at) - 1, 0, NAME_MAX));
  }

  /** Returns where an element's value begins, or -1 when it is not in what is there. */
  private static int find(Payload message, int document, String name, int type) {
    int at = document + 4;
    while (message.u8(at) > 0) {
      int kind = message.u8(at);
      int end = message.indexOf(0, at + 1);
      if (end < 0) {
        return -1;
      }
      int value = end + 1;
      if (kind == type && end - at - 1 == name.length() && message.has(at + 1, name)) {
        return value;
      }
      long length = valueBytes(message, kind, value);
      if (length < 0 || length > message.length() - value) {
        return -1;
      }
      at = value + (int) length;
    }
    return -1;
  }

  private static long valueBytes(Payload message, int kind, int at) {
    return switch (kind) {
      case DOUBLE, TIME, TIMESTAMP, I64 -> 8;
      case STRING -> 4L + MongodbMessages.i32(message, at);
      case DOCUMENT, ARRAY -> Math.max(4, MongodbMessages.i32(message, at));
      case BINARY -> 5L + MongodbMessages.i32(message, at);
      case OBJECT_ID -> 12;
      case BOOLEAN -> 1;
      case NULL -> 0;
      case I32 -> 4;
      default -> -1;
    };
  }
}
