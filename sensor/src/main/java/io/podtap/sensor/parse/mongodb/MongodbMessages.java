/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Payload;

/**
 * Messages: length, request's id, id that is answered, kind, all least significant byte first.
 * Stateless.
 *
 * <pre>
 *  0        4          8           12       16
 * +--------+----------+-----------+--------+---------------------------------
 * | length | requestId| responseTo| opCode | OP_MSG: flags, sections
 * +--------+----------+-----------+--------+ OP_QUERY: flags, collection, ...
 * </pre>
 */
final class MongodbMessages {

  private static final int OP_REPLY = 1;
  private static final int OP_UPDATE = 2_001;
  private static final int OP_INSERT = 2_002;
  private static final int OP_QUERY = 2_004;
  private static final int OP_GET_MORE = 2_005;
  private static final int OP_DELETE = 2_006;
  private static final int OP_KILL_CURSORS = 2_007;
  static final int OP_COMPRESSED = 2_012;
  private static final int OP_MSG = 2_013;

  private static final int NAME_MAX = 48;

  private MongodbMessages() {}

  /** Returns four bytes, the least significant first. */
  static int i32(Payload message, int at) {
    return Integer.reverseBytes((int) message.u32(at));
  }

  static boolean isKind(Payload message, int at) {
    return switch (i32(message, at + 12)) {
      case OP_REPLY,
          OP_UPDATE,
          OP_INSERT,
          OP_QUERY,
          OP_GET_MORE,
          OP_DELETE,
          OP_KILL_CURSORS,
          OP_COMPRESSED,
          OP_MSG ->
          true;
      default -> false;
    };
  }

  static boolean isAnswer(Payload message) {
    return i32(message, 8) != 0;
  }

  /**
   * Returns what a message asks for: a command's name where it has one.
   *
   * @param message its first bytes, the header whole
   */
  static String kind(Payload message) {
    return switch (i32(message, 12)) {
      case OP_MSG -> ofSections(message);
      case OP_QUERY -> query(message);
      case OP_UPDATE -> "update";
      case OP_INSERT -> "insert";
      case OP_GET_MORE -> "getMore";
      case OP_DELETE -> "delete";
      case OP_KILL_CURSORS -> "killCursors";
      case OP_COMPRESSED -> "compressed";
      default -> "other";
    };
  }

  /** Sections: kind 0 is a document, kind 1 a sequence of them that may come first. */
  private static String ofSections(Payload message) {
    int at = 20;
    while (message.u8(at) == 1) {
      int size = i32(message, at + 1);
      if (size < 4 || size > message.length() - at - 1) {
        return "message";
      }
      at += 1 + size;
    }
    return message.u8(at) == 0 ? command(message, at + 1, "message") : "message";
  }

  /**
   * Returns where the document of a command begins, or -1 when the message has none that is there.
   */
  static int document(Payload message) {
    return switch (i32(message, 12)) {
      case OP_MSG -> message.u8(20) == 0 ? 21 : -1;
      case OP_QUERY -> {
        int end = message.indexOf(0, 20);
        yield end >= 25 && message.has(end - 5, ".$cmd") ? end + 9 : -1;
      }
      default -> -1;
    };
  }

  /** A query of a collection called $cmd is a command. */
  private static String query(Payload message) {
    int end = message.indexOf(0, 20);
    return end >= 25 && message.has(end - 5, ".$cmd")
        ? command(message, end + 9, "query")
        : "query";
  }

  /** The first element of a document is named as the command: length, type, name, zero. */
  private static String command(Payload message, int document, String otherwise) {
    int name = document + 5;
    int end = message.indexOf(0, name);
    if (end <= name || end - name > NAME_MAX) {
      return otherwise;
    }
    for (int at = name; at < end; at++) {
      if (!Character.isLetterOrDigit(message.u8(at)) || message.u8(at) > 'z') {
        return otherwise;
      }
    }
    return message.text(name, end - name);
  }
}
