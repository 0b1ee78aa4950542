/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mysql;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;

/** What commands are called, and what they look like at any place of a stream. Stateless. */
final class MysqlCommands {

  private static final String[] COMMANDS = {
    "sleep",
    "quit",
    "init_db",
    "query",
    "field_list",
    "create_db",
    "drop_db",
    "refresh",
    "shutdown",
    "statistics",
    "process_info",
    "connect",
    "process_kill",
    "debug",
    "ping",
    "time",
    "delayed_insert",
    "change_user",
    "binlog_dump",
    "table_dump",
    "connect_out",
    "register_slave",
    "stmt_prepare",
    "stmt_execute",
    "stmt_send_long_data",
    "stmt_close",
    "stmt_reset",
    "set_option",
    "stmt_fetch",
    "daemon",
    "binlog_dump_gtid",
    "reset_connection"
  };

  private static final int STATISTICS = 9;
  private static final int SEND_LONG_DATA = 24;
  private static final int CLOSE_STATEMENT = 25;
  private static final int HEADER_BYTES = 4;

  private MysqlCommands() {}

  static String name(int command) {
    return command >= 0 && command < COMMANDS.length ? COMMANDS[command] : "unknown-" + command;
  }

  /** Returns whether the server says what came of a command. */
  static boolean isAnswered(int command) {
    return command != STATISTICS && command != SEND_LONG_DATA && command != CLOSE_STATEMENT;
  }

  /** In the shape of {@link Resynchronizer.Header}: length, number 0, a command that is known. */
  static long messageBytes(Payload data, int at) {
    if (data.length() - at <= HEADER_BYTES) {
      return Resynchronizer.MORE;
    }
    long length = Lengths.little(data, at, 3);
    int command = data.u8(at + HEADER_BYTES);
    boolean plausible = length > 0 && data.u8(at + 3) == 0 && command < COMMANDS.length;
    return plausible && isLength(command, length) ? HEADER_BYTES + length : Resynchronizer.NONE;
  }

  private static boolean isLength(int command, long length) {
    return switch (command) {
      case 1, 9, 10, 13, 14, 31 -> length == 1; // they have no argument
      case 12, 25, 26 -> length == 5; // a number
      case 27 -> length == 3;
      case 28 -> length == 9;
      case 23 -> length >= 10;
      default -> length > 1;
    };
  }
}
