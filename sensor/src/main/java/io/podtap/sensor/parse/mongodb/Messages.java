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
final class Messages {

  private static final int OP_REPLY = 1;
  private static final int OP_UPDATE = 2_001;
  private static final int OP_INSERT = 2_002;
  private static final int OP_QUERY = 2_004;
  private static final int OP_GET_MORE = 2_005;
  private static final int OP_DELETE = 2_006;
  private static final int OP_KILL_CURSORS = 2_007;
  private static final int OP_COMPRESSED = 2_012;
  private static final int OP_MSG = 2_013;

  private static final int NAME_MAX = 48;

  private Messages() {}

  /** Returns four bytes, the least significant first. */
  static int i32(Payload message, int at) {
    return Integer.reverseBytes((int) message.u32(at));
  }

  static boolean isKind(Payload message) {
    return switch (i32(message, 12)) {
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
      case OP_MSG -> message.u8(20) == 0 ? command(message, 21, "message") : "message";
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
