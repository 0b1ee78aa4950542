/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * One long conversation of each protocol: short and long questions, short and long answers, several
 * in a row. The builders follow the specifications, not the parsers.
 */
final class RecoveryTalks {

  /** Exchanges of a conversation. */
  static final int COUNT = 14;

  private RecoveryTalks() {}

  static List<Exchanges> all() {
    return List.of(
        grpc(),
        http1(),
        redis(/* version= */ 2),
        redis(/* version= */ 3),
        postgresql(),
        mysql(),
        mongodb(),
        kafka(),
        amqp091(),
        amqp1(),
        mqtt(),
        dnsOverTcp());
  }

  /** Every third one is long. */
  static int size(int i) {
    return i % 3 == 2 ? 700 : 5 + i;
  }

  static String hex(String latin1) {
    return HexFormat.of().formatHex(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  // --- HTTP

  static Exchanges http1() {
    Exchanges talk = new Exchanges("HTTP/1.1", 80, "http", "uri", "status_code");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("/k" + i, String.valueOf(430 + i));
      String body = "q".repeat(i % 4 == 1 ? 600 : 0);
      talk.client(
          (body.isEmpty() ? "GET" : "POST")
              + " /k%d HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(i, body.length(), body));
      talk.server(
          "HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(430 + i, size(i), "a".repeat(size(i))));
    }
    return talk.close();
  }

  static Exchanges grpc() {
    Exchanges talk = new Exchanges("HTTP/2 gRPC", 50_051, "http", "uri", "grpc_status");
    String preface = hex("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    talk.exchange("", "");
    talk.clientHex(preface + frame(4, 0, 0, ""));
    talk.serverHex(frame(4, 0, 0, "") + frame(4, 1, 0, ""));
    for (int i = 0; i < COUNT; i++) {
      int stream = 1 + 2 * i;
      talk.exchange("/k.S/M" + i, String.valueOf(i % 5));
      String head =
          "8386" // POST, http
              + literal(4, "/k.S/M" + i) // :path, not indexed
              + indexed(31, "application/grpc") // content-type, indexed anew each time
              + (i == 0 ? indexed(1, "svc") : "bf"); // :authority, by reference
      talk.clientHex(
          frame(1, 4, stream, head)
              + frame(0, 1, stream, "00" + "%08x".formatted(size(i)) + "61".repeat(size(i))));
      String trailer = indexedNew("grpc-status", String.valueOf(i % 5));
      talk.serverHex(
          frame(1, 4, stream, "88" + indexed(31, "application/grpc"))
              + frame(0, 0, stream, "00" + "%08x".formatted(size(i + 1)) + "62".repeat(size(i + 1)))
              + frame(1, 5, stream, trailer));
      if (i % 4 == 3) {
        talk.clientHex(frame(6, 0, 0, "0102030405060708") + frame(8, 0, 0, "00001000"));
        talk.serverHex(frame(6, 1, 0, "0102030405060708"));
      }
    }
    return talk.close();
  }

  static String frame(int type, int flags, int stream, String content) {
    return "%06x%02x%02x%08x%s".formatted(content.length() / 2, type, flags, stream, content);
  }

  private static String string(String text) {
    return "%02x%s".formatted(text.length(), hex(text));
  }

  static String literal(int nameIndex, String value) {
    return "%02x".formatted(nameIndex) + string(value);
  }

  private static String indexed(int nameIndex, String value) {
    return "%02x".formatted(0x40 | nameIndex) + string(value);
  }

  private static String indexedNew(String name, String value) {
    return "40" + string(name) + string(value);
  }

  // --- Redis

  static Exchanges redis(int version) {
    Exchanges talk =
        new Exchanges("Redis RESP" + version, 6_379, "redis", "cmd.key", "reply.value");
    for (int i = 0; i < COUNT; i++) {
      if (i % 5 == 4) { // several in one go
        talk.exchange("p%d".formatted(i), "first" + i).also("q%d".formatted(i), "second" + i);
        talk.client(command("GET", "p" + i) + command("GET", "q" + i));
        talk.server(bulk("first" + i) + bulk("second" + i));
      } else if (i % 3 == 1) {
        talk.exchange("k" + i, "OK");
        talk.client(command("SET", "k" + i, "v".repeat(size(i + 1))));
        talk.server("+OK\r\n");
      } else {
        String value = i + "x".repeat(size(i));
        String shown = version == 3 ? "{f: " + value + "}" : value;
        talk.exchange("k" + i, shown.substring(0, Math.min(shown.length(), 250)));
        talk.client(command(version == 3 ? "HGET" : "GET", "k" + i));
        talk.server(version == 3 ? "%1\r\n+f\r\n" + bulk(value) : bulk(value));
      }
    }
    return talk.close();
  }

  static String command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append(bulk(word));
    }
    return text.toString();
  }

  static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  // --- PostgreSQL

  static Exchanges postgresql() {
    Exchanges talk = new Exchanges("PostgreSQL", 5_432, "postgresql", "frontend_arg", "rows");
    String ready = message('Z', "I");
    postgresStart(talk);
    for (int i = 0; i < COUNT; i++) {
      String query = "select " + i + " ".repeat(i % 4 == 1 ? 600 : 0);
      talk.exchange(query, i % 7 == 3 ? "-" : String.valueOf(1 + i % 3));
      talk.client(message('Q', query + "\0"));
      if (i % 7 == 3) {
        talk.server(message('E', "SERROR\0C42\0Mno\0\0") + ready);
      } else {
        String row = message('D', "\0\1" + length(size(i)) + "v".repeat(size(i)));
        talk.server(
            message('T', "\0\1a\0" + "\0".repeat(18))
                + row.repeat(1 + i % 3)
                + message('C', "SELECT " + (1 + i % 3) + "\0")
                + ready);
      }
    }
    return talk.close();
  }

  static void postgresStart(Exchanges talk) {
    talk.exchange("", "");
    talk.client(length(9 + 10) + "\0\3\0\0user\0app\0\0\0".substring(0, 14) + "\0");
    talk.server(message('R', "\0\0\0\0") + message('S', "a\0b\0") + message('Z', "I"));
  }

  static String length(int length) {
    return ""
        + (char) (length >> 24 & 0xFF)
        + (char) (length >> 16 & 0xFF)
        + (char) (length >> 8 & 0xFF)
        + (char) (length & 0xFF);
  }

  static String message(char type, String content) {
    return type + length(4 + content.length()) + content;
  }

  // --- MySQL

  static Exchanges mysql() {
    Exchanges talk = new Exchanges("MySQL", 3_306, "mysql", "arg", "rows");
    mysqlStart(talk, "\0\2\0\0");
    for (int i = 0; i < COUNT; i++) {
      String query = "select " + i + "+".repeat(i % 4 == 1 ? 600 : 0);
      if (i % 3 == 0) {
        talk.exchange(query, String.valueOf(i));
        talk.client(packet(0, "\3" + query));
        talk.server(packet(1, "\0" + (char) i + "\0\2\0\0\0"));
      } else {
        talk.exchange(query, "0");
        talk.client(packet(0, "\3" + query));
        talk.server(
            packet(1, "\1")
                + packet(2, "\3def\0\0\0\1a\0\f\77\0\1\0\0\0\b\0\0\0\0\0")
                + packet(3, "\u00fe\0\0\2\0")
                + packet(
                    4,
                    "\u00fc" + (char) (size(i) & 255) + (char) (size(i) >> 8) + "r".repeat(size(i)))
                + packet(5, "\u00fe\0\0\2\0"));
      }
    }
    return talk.close();
  }

  /**
   * Adds greeting and login.
   *
   * @param capabilities of the client, four bytes
   */
  static void mysqlStart(Exchanges talk, String capabilities) {
    String greeting =
        "\n8.4.0\0" + "abcd" + "\1".repeat(8) + "\0\0\2" + "\0\0\0" + "\0\0" + "\0".repeat(11);
    talk.exchange("", "");
    talk.server(packet(0, greeting));
    talk.client(packet(1, capabilities + "\0".repeat(28) + "joe\0\0"));
    talk.server(packet(2, "\0\0\0\2\0\0\0"));
  }

  static String packet(int number, String content) {
    int length = content.length();
    return "" + (char) (length & 255) + (char) (length >> 8) + '\0' + (char) number + content;
  }

  // --- What is counted by kind

  static Exchanges mongodb() {
    Exchanges talk = new Exchanges("MongoDB", 27_017, "requests", "", "requests");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      talk.clientHex(mongo(i + 1, 0, "find", size(i)));
      talk.serverHex(mongo(1_000 + i, i + 1, "cursor", size(i + 1)));
    }
    return talk.close();
  }

  static String i32(int value) {
    return "%08x".formatted(Integer.reverseBytes(value));
  }

  private static String mongo(int id, int answered, String name, int more) {
    String element = "02" + hex(name) + "00" + i32(more + 1) + "61".repeat(more) + "00" + "00";
    String body = i32(0) + "00" + i32(4 + element.length() / 2) + element;
    return i32(16 + body.length() / 2) + i32(id) + i32(answered) + i32(2_013) + body;
  }

  static Exchanges kafka() {
    Exchanges talk = new Exchanges("Kafka", 9_092, "requests", "", "requests");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      String client = hex("rdkafka");
      talk.clientHex(
          "%08x%04x%04x%08x%04x%s%s"
              .formatted(10 + 7 + size(i), i % 2, 9, i + 1, 7, client, "ab".repeat(size(i))));
      talk.serverHex("%08x%08x%s".formatted(4 + size(i + 1), i + 1, "cd".repeat(size(i + 1))));
    }
    return talk.close();
  }

  static Exchanges amqp091() {
    Exchanges talk = new Exchanges("AMQP 0-9-1", 5_672, "requests", "", "requests");
    talk.exchange("", "");
    talk.clientHex(hex("AMQP") + "00000901");
    talk.exchange("", "");
    talk.serverHex(method(0, 10, 10, 300));
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      String body = size(i) + "";
      talk.clientHex(
          method(1, 60, 40, 12)
              + amqp(2, 1, "003c0000" + "00".repeat(10))
              + amqp(3, 1, "42".repeat(size(i) + body.length())));
      talk.serverHex(method(1, 60, 81, 9)); // an answer, which is not counted
    }
    return talk.close();
  }

  static String amqp(int type, int channel, String body) {
    return "%02x%04x%08x%sce".formatted(type, channel, body.length() / 2, body);
  }

  static String method(int channel, int of, int method, int more) {
    return amqp(1, channel, "%04x%04x%s".formatted(of, method, "00".repeat(more)));
  }

  static Exchanges amqp1() {
    Exchanges talk = new Exchanges("AMQP 1.0", 5_672, "requests", "", "requests");
    talk.exchange("", "");
    talk.clientHex(hex("AMQP") + "00010000");
    talk.serverHex(hex("AMQP") + "00010000");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      talk.clientHex(performative(0x14, size(i)));
      talk.exchange("", "");
      talk.serverHex(performative(0x15, size(i + 1)));
    }
    return talk.close();
  }

  private static String performative(int code, int more) {
    return "%08x02000000%s%02x%s".formatted(11 + more, "0053", code, "43".repeat(more));
  }

  static Exchanges mqtt() {
    Exchanges talk = new Exchanges("MQTT", 1_883, "mqtt_publish", "topic", "payload_len");
    talk.exchange("", "");
    talk.clientHex("100d" + "00044d515454" + "04" + "02" + "003c" + "000163");
    talk.serverHex("20020000");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("t/%02d".formatted(i), String.valueOf(size(i)));
      int left = 2 + 4 + 2 + size(i);
      String length =
          left < 128 ? "%02x".formatted(left) : "%02x%02x".formatted((left & 127) | 128, left >> 7);
      talk.clientHex(
          "32"
              + length
              + "0004"
              + hex("t/%02d".formatted(i))
              + "%04x".formatted(i + 1)
              + "70".repeat(size(i)));
      talk.serverHex("4002" + "%04x".formatted(i + 1));
    }
    return talk.close();
  }

  static Exchanges dnsOverTcp() {
    Exchanges talk = new Exchanges("DNS over TCP", 53, "dns", "query", "rcode");
    for (int i = 0; i < COUNT; i++) {
      String name = "%02x%s00".formatted(3, hex("n%02d".formatted(i)));
      talk.exchange("n%02d".formatted(i), i % 4 == 3 ? "3" : "0");
      String question = name + "00100001";
      String text = "%02x".formatted(255) + "74".repeat(255);
      int count = i % 4 == 3 ? 0 : 1 + i % 3;
      String answers =
          ("c00c" + "00100001" + "0000003c" + "%04x".formatted(256) + text).repeat(count);
      String asked = "%04x0100000100000000".formatted(i + 7) + "0000" + question;
      String answer =
          "%04x818%d0001%04x00000000".formatted(i + 7, i % 4 == 3 ? 3 : 0, count)
              + question
              + answers;
      talk.clientHex("%04x%s".formatted(asked.length() / 2, asked));
      talk.serverHex("%04x%s".formatted(answer.length() / 2, answer));
    }
    return talk.close();
  }
}
