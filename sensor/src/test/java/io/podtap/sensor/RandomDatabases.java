/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.little16;
import static io.podtap.sensor.Octets.little24;
import static io.podtap.sensor.Octets.little32;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;
import static io.podtap.sensor.Octets.zeros;

/** Random conversations of PostgreSQL, MySQL, MongoDB and Redis. */
final class RandomDatabases {

  private static final int PROTOCOL_41 = 0x0200;
  private static final int SECURE = 0x8000;
  private static final int PLUGIN_AUTH = 1 << 19;
  private static final int ENDS_ARE_OK = 1 << 24;

  private RandomDatabases() {}

  // --- PostgreSQL: frontend/backend protocol 3.0

  /** Simple and extended queries, errors, copies in both directions, notices. */
  static void postgresql(RandomTalk talk) {
    talk.exchange();
    String parameters = "user\0app\0database\0db\0\0";
    talk.client(u32(8 + parameters.length()) + "\0\3\0\0" + parameters);
    talk.server(
        message('R', zeros(4))
            + message('S', "server_version\00016.1\0")
            + message('S', "TimeZone\0UTC\0")
            + message('K', u32(77) + u32(99))
            + ready("I"));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      switch (talk.below(7)) {
        case 0, 1 -> {
          talk.client(query("select " + talk.word() + i + " " + talk.text()));
          talk.server(
              message('T', "\0\2a\0" + zeros(18) + "b\0" + zeros(18)) + rows(talk) + ready("I"));
        }
        case 2 -> {
          talk.client(query("bad " + talk.word()));
          String error = message('E', "SERROR\0VERROR\0C42601\0Msyntax\0\0");
          talk.server(error + ready(talk.pick("I", "E")));
        }
        case 3 -> extended(talk, "s" + i);
        case 4 -> copyIn(talk);
        case 5 -> {
          talk.client(query("copy t to stdout"));
          String rows = copied(talk);
          talk.server(
              message('H', "\0\0\1\0\0") + rows + message('c', "") + done("COPY 3") + ready("I"));
        }
        default -> {
          talk.client(query("insert " + talk.word() + i));
          String notice = talk.oneIn(3) ? message('N', "SNOTICE\0C00000\0Mhi\0\0") : "";
          String notification = talk.oneIn(4) ? message('A', u32(9) + "channel\0pay\0") : "";
          talk.server(notice + done("INSERT 0 " + talk.below(9)) + ready("T") + notification);
        }
      }
    }
  }

  private static void extended(RandomTalk talk, String name) {
    String text = "select $1 " + talk.word();
    talk.client(
        message('P', name + "\0" + text + "\0\0\0") + message('D', "S" + name + "\0") + sync());
    talk.server(
        message('1', "")
            + message('t', "\0\1" + u32(23))
            + message('T', "\0\1c\0" + zeros(18))
            + ready("I"));
    talk.client(
        message('B', "\0" + name + "\0\0\0\0\1" + u32(3) + "abc\0\0")
            + message('E', zeros(5))
            + sync());
    talk.server(message('2', "") + rows(talk) + ready("I"));
  }

  private static void copyIn(RandomTalk talk) {
    talk.client(query("copy t from stdin"));
    talk.server(message('G', "\0\0\1\0\0"));
    String rows = copied(talk);
    if (talk.oneIn(4)) {
      talk.client(rows + message('f', "no\0"));
      talk.server(message('E', "SERROR\0C57014\0Mcopy failed\0\0") + ready("I"));
    } else {
      talk.client(rows + message('c', ""));
      talk.server(done("COPY 3") + ready("I"));
    }
  }

  private static String copied(RandomTalk talk) {
    StringBuilder rows = new StringBuilder();
    for (int left = 1 + talk.below(5); left > 0; left--) {
      rows.append(message('d', talk.content() + "\n"));
    }
    return rows.toString();
  }

  private static String rows(RandomTalk talk) {
    int count = talk.below(5);
    StringBuilder rows = new StringBuilder();
    for (int left = count; left > 0; left--) {
      String value = talk.content();
      rows.append(message('D', "\0\2" + u32(value.length()) + value + u32(-1)));
    }
    return rows + done("SELECT " + count);
  }

  private static String message(char type, String content) {
    return type + u32(4 + content.length()) + content;
  }

  private static String query(String text) {
    return message('Q', text + "\0");
  }

  private static String done(String tag) {
    return message('C', tag + "\0");
  }

  private static String ready(String transaction) {
    return message('Z', transaction);
  }

  private static String sync() {
    return message('S', "");
  }

  // --- MySQL: client/server protocol 4.1

  /** Queries, prepared statements, errors, and files that the client sends. */
  static void mysql(RandomTalk talk) {
    boolean endsAreOk = talk.oneIn(2);
    int can = PROTOCOL_41 | SECURE | PLUGIN_AUTH | (endsAreOk ? ENDS_ARE_OK : 0);
    String plugin = "caching_sha2_password\0";
    talk.exchange();
    talk.server(
        packet(
            0,
            "\n8.4.0\0"
                + little32(5)
                + "12345678\0"
                + little16(can)
                + "\377\2\0"
                + little16(can >>> 16)
                + "\25"
                + zeros(10)
                + "123456789012\0"
                + plugin));
    String scramble = talk.content(32).replace('\0', 'x');
    String login = little32(can) + little32(1 << 24) + "\377" + zeros(23);
    talk.client(packet(1, login + "joe\0\40" + scramble + plugin));
    talk.server(packet(2, "\1\3") + packet(3, "\0\0\0\2\0\0\0"));
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      switch (talk.below(8)) {
        case 0, 1, 2 -> {
          talk.client(packet(0, "\3select " + talk.word() + i + talk.text()));
          talk.server(resultSet(talk, endsAreOk));
        }
        case 3 -> {
          talk.client(packet(0, "\3update " + talk.word() + i));
          talk.server(packet(1, "\0" + u8(talk.below(200)) + "\0\2\0\0\0"));
        }
        case 4 -> {
          talk.client(packet(0, "\3bad " + talk.word() + i));
          talk.server(packet(1, "\377" + little16(1_064) + "#42000You have an error"));
        }
        case 5 -> talk.client(packet(0, "\16")).server(packet(1, "\0\0\0\2\0\0\0"));
        case 6 -> prepared(talk, i, endsAreOk);
        default -> localFile(talk, i);
      }
    }
  }

  private static void prepared(RandomTalk talk, int id, boolean endsAreOk) {
    String mark = "\376\0\0\2\0";
    talk.client(packet(0, "\26select ? " + talk.word() + id));
    talk.server(
        packet(1, "\0" + little32(id) + little16(1) + little16(1) + zeros(3))
            + packet(2, COLUMN)
            + (endsAreOk
                ? packet(3, COLUMN)
                : packet(3, mark) + packet(4, COLUMN) + packet(5, mark)));
    talk.client(packet(0, "\27" + little32(id) + "\0\1\0\0\0" + "\0\1\3\0" + little32(7)));
    talk.server(resultSet(talk, endsAreOk));
    if (talk.oneIn(2)) {
      talk.client(packet(0, "\31" + little32(id)));
    }
  }

  private static void localFile(RandomTalk talk, int id) {
    talk.client(packet(0, "\3load data local infile 'x" + id + "' into table t"));
    talk.server(packet(1, "\373x" + id));
    StringBuilder file = new StringBuilder();
    int number = 2;
    for (int left = 1 + talk.below(3); left > 0; left--) {
      file.append(packet(number++, "r" + talk.content()));
    }
    talk.client(file + packet(number++, ""));
    talk.server(packet(number, "\0\5\0\2\0\0\0"));
  }

  private static String packet(int number, String content) {
    return little24(content.length()) + u8(number) + content;
  }

  private static final String COLUMN = "\3def\2db\1t\1t\1a\1a\f\77\0\1\0\0\0\375\0\0\0\0\0";

  private static String resultSet(RandomTalk talk, boolean endsAreOk) {
    int number = 1;
    int columns = 1 + talk.below(3);
    StringBuilder all = new StringBuilder(packet(number++, u8(columns)));
    for (int left = columns; left > 0; left--) {
      all.append(packet(number++, COLUMN));
    }
    all.append(endsAreOk ? "" : packet(number++, "\376\0\0\2\0"));
    for (int left = talk.below(5); left > 0; left--) {
      StringBuilder row = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String value = talk.content();
        int length = value.length();
        row.append(length < 251 ? u8(length) : "\374" + little16(length)).append(value);
      }
      all.append(packet(number++, row.toString()));
    }
    return all + packet(number, endsAreOk ? "\376\0\0\2\0\0\0" : "\376\0\0\2\0");
  }

  // --- MongoDB: OP_MSG

  /** Commands with documents in sections, checksums, several in a row. */
  static void mongodb(RandomTalk talk) {
    int id = 1;
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = talk.oneIn(4) ? 2 : 1; left > 0; left--) {
        id++;
        String name = talk.pick("find", "insert", "update", "aggregate", "ping", "getMore");
        boolean hasChecksum = talk.oneIn(3);
        String body = little32(hasChecksum ? 1 : 0) + "\0" + document(name, talk.word());
        if (name.equals("insert")) {
          StringBuilder documents = new StringBuilder();
          for (int more = 1 + talk.below(4); more > 0; more--) {
            documents.append(document("a", talk.text()));
          }
          body += "\1" + little32(4 + 10 + documents.length()) + "documents\0" + documents;
        }
        asked.append(operation(id, 0, hasChecksum ? body + "sum!" : body));
        answered.append(operation(1_000 + id, id, zeros(5) + document("ok", talk.text())));
      }
      talk.client(asked).server(answered);
    }
  }

  private static String operation(int id, int answered, String body) {
    return little32(16 + body.length())
        + little32(id)
        + little32(answered)
        + little32(2_013)
        + body;
  }

  private static String document(String name, String value) {
    String elements =
        "\2"
            + name
            + "\0"
            + little32(value.length() + 1)
            + value
            + "\0"
            + "\2$db\0"
            + little32(5)
            + "test\0\0";
    return little32(4 + elements.length()) + elements;
  }

  // --- Redis: RESP 2 and 3

  /** Commands with answers of all types, several in a row, messages that nobody asked for. */
  static void redis(RandomTalk talk) {
    boolean isVersion3 = talk.oneIn(2);
    if (isVersion3) {
      talk.exchange();
      talk.client(command("HELLO", "3"));
      talk.server("%2\r\n" + bulk("server") + bulk("redis") + bulk("proto") + ":3\r\n");
    }
    boolean hasPipelines = talk.oneIn(2);
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = hasPipelines && talk.oneIn(2) ? 1 + talk.below(5) : 1; left > 0; left--) {
        command(talk, talk.word() + i + left, isVersion3, asked, answered);
      }
      talk.client(asked).server(answered);
    }
  }

  private static void command(
      RandomTalk talk,
      String key,
      boolean isVersion3,
      StringBuilder asked,
      StringBuilder answered) {
    String none = isVersion3 ? "_\r\n" : "$-1\r\n";
    switch (talk.below(12)) {
      case 0 -> {
        asked.append(command("SET", key, talk.content()));
        answered.append("+OK\r\n");
      }
      case 1 -> {
        asked.append(command("GET", key));
        answered.append(bulk(talk.content()));
      }
      case 2 -> {
        asked.append(command("GET", key));
        answered.append(none);
      }
      case 3 -> {
        asked.append(command("INCR", key));
        answered.append(":" + talk.below(1_000_000) + "\r\n");
      }
      case 4 -> {
        int count = talk.below(6);
        asked.append(command("HGETALL", key));
        answered.append(isVersion3 ? "%" + count : "*" + 2 * count).append("\r\n");
        answered.append(bulks(talk, 2 * count));
      }
      case 5 -> {
        int count = talk.below(20);
        asked.append(command("LRANGE", key, "0", "-1"));
        answered.append("*" + count + "\r\n").append(bulks(talk, count));
      }
      case 6 -> {
        asked.append(command("LPOP", key));
        answered.append("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
      }
      case 7 -> {
        asked.append(command("ZSCORE", key, "m"));
        answered.append(isVersion3 ? ",3.14\r\n" : bulk("3.14"));
      }
      case 8 -> {
        asked.append(command("SISMEMBER", key, "m"));
        answered.append(isVersion3 ? "#t\r\n" : ":1\r\n");
      }
      case 9 -> {
        asked.append(command("EVAL", "return 1", "1", key));
        answered.append("*3\r\n:1\r\n*2\r\n" + bulk("a") + "$0\r\n\r\n+OK\r\n");
      }
      case 10 -> {
        asked.append(command("MGET", key, key + "x"));
        answered.append("*2\r\n" + bulk(talk.content()) + none);
      }
      default -> {
        asked.append(command("PING"));
        answered.append("+PONG\r\n");
      }
    }
    if (isVersion3 && talk.oneIn(20)) {
      answered.append(">2\r\n" + bulk("invalidate") + "*1\r\n" + bulk(key));
    }
  }

  private static String bulks(RandomTalk talk, int count) {
    StringBuilder all = new StringBuilder();
    for (int left = count; left > 0; left--) {
      all.append(bulk(talk.content(talk.below(250))));
    }
    return all.toString();
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  private static String command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append(bulk(word));
    }
    return text.toString();
  }
}
