/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.RecoveryTalks.COUNT;
import static io.podtap.sensor.RecoveryTalks.amqp;
import static io.podtap.sensor.RecoveryTalks.bulk;
import static io.podtap.sensor.RecoveryTalks.command;
import static io.podtap.sensor.RecoveryTalks.frame;
import static io.podtap.sensor.RecoveryTalks.hex;
import static io.podtap.sensor.RecoveryTalks.i32;
import static io.podtap.sensor.RecoveryTalks.length;
import static io.podtap.sensor.RecoveryTalks.literal;
import static io.podtap.sensor.RecoveryTalks.message;
import static io.podtap.sensor.RecoveryTalks.method;
import static io.podtap.sensor.RecoveryTalks.mysqlStart;
import static io.podtap.sensor.RecoveryTalks.packet;
import static io.podtap.sensor.RecoveryTalks.postgresStart;
import static io.podtap.sensor.RecoveryTalks.size;

import java.util.List;

/**
 * Other forms of the conversations of {@link RecoveryTalks}: contents without lengths, streams side
 * by side, messages that are questions without answers, newer versions of headers. The builders
 * follow the specifications, not the parsers.
 */
final class RecoveryVariants {

  private RecoveryVariants() {}

  static List<Exchanges> all() {
    return List.of(
        chunks(),
        pipelined(),
        streams(),
        transactions(),
        extendedQueries(),
        copies(),
        prepared(),
        sections(),
        legacyMongo(),
        flexibleKafka(),
        deliveries(),
        mqtt5(),
        pipelinedDns());
  }

  /** HTTP/1.1 with contents in chunks, some with a trailer (RFC 9112 section 7.1). */
  private static Exchanges chunks() {
    Exchanges talk = new Exchanges("HTTP/1.1 chunks", 80, "http", "uri", "status_code");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("/c" + i, String.valueOf(450 + i));
      if (i % 4 == 1) {
        talk.client(
            "PUT /c%d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n"
                .formatted(i, chunk(size(i))));
      } else {
        talk.client("GET /c%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
      }
      String trailer = i % 5 == 2 ? "X-Sum: 1\r\n" : "";
      talk.server(
          "HTTP/1.1 %d OK\r\nTransfer-Encoding: chunked\r\n\r\n%s%s0\r\n%s\r\n"
              .formatted(450 + i, chunk(size(i)), chunk(size(i + 1)), trailer));
    }
    return talk.close();
  }

  private static String chunk(int length) {
    return "%x\r\n%s\r\n".formatted(length, "c".repeat(length));
  }

  /** HTTP/1.1 with several requests in one go (RFC 9112 section 9.3.2). */
  private static Exchanges pipelined() {
    Exchanges talk = new Exchanges("HTTP/1.1 pipeline", 80, "http", "uri", "status_code");
    for (int i = 0; i < COUNT; i++) {
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int k = 0; k < 3; k++) {
        String uri = "/p%d.%d".formatted(i, k);
        int status = 410 + 3 * i + k;
        if (k == 0) {
          talk.exchange(uri, String.valueOf(status));
        } else {
          talk.also(uri, String.valueOf(status));
        }
        asked.append("GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(uri));
        answered.append(
            "HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, size(i + k), "b".repeat(size(i + k))));
      }
      talk.client(asked.toString());
      talk.server(answered.toString());
    }
    return talk.close();
  }

  /** HTTP/2 with two streams side by side, padded, in continuations and with priorities. */
  private static Exchanges streams() {
    Exchanges talk = new Exchanges("HTTP/2 streams", 50_051, "http", "uri", "status_code");
    talk.exchange("", "");
    talk.clientHex(hex("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + frame(4, 0, 0, ""));
    talk.serverHex(frame(4, 0, 0, "") + frame(4, 1, 0, ""));
    for (int i = 0; i < COUNT; i++) {
      int one = 1 + 4 * i;
      int other = one + 2;
      talk.exchange("/a" + i, "204").also("/b" + i, "404");
      String first = "8286" + literal(4, "/a" + i) + literal(1, "svc");
      String second = "8386" + literal(4, "/b" + i) + literal(1, "svc");
      talk.clientHex(
          frame(1, 0x2d, one, "03" + "00000000" + "0f" + first + "000000") // padded, with priority
              + frame(1, 0, other, second.substring(0, 8))
              + frame(9, 4, other, second.substring(8))
              + frame(0, 8, other, "04" + "62".repeat(size(i)) + "00000000")
              + frame(0, 1, other, ""));
      talk.serverHex(
          frame(1, 4, other, "8d") // 404
              + frame(1, 5, one, "89") // 204
              + frame(0, 0, other, "63".repeat(size(i + 1)))
              + frame(0, 1, other, "63".repeat(size(i))));
      if (i % 5 == 3) {
        talk.serverHex(frame(7, 0, 0, "7fffffff" + "00000000"));
      }
    }
    return talk.close();
  }

  /** Redis with transactions, whose answer is a list, and inline commands. */
  private static Exchanges transactions() {
    Exchanges talk = new Exchanges("Redis transactions", 6_379, "redis", "cmd.key", "reply.value");
    for (int i = 0; i < COUNT; i++) {
      if (i % 4 == 3) {
        talk.exchange("t" + i, "QUEUED");
        talk.client(command("MULTI") + command("SET", "t" + i, "x".repeat(size(i))));
        talk.server("+OK\r\n+QUEUED\r\n");
        talk.client(command("EXEC"));
        talk.server("*1\r\n+OK\r\n");
      } else if (i % 4 == 1) {
        String value = i + "y".repeat(size(i));
        String shown = "[%d, %s]".formatted(i, value);
        talk.exchange("g" + i, shown.substring(0, Math.min(shown.length(), 250)));
        talk.client(command("MGET", "g" + i, "h" + i));
        talk.server("*2\r\n:%d\r\n%s".formatted(i, bulk(value)));
      } else {
        talk.exchange("n" + i, String.valueOf(i));
        talk.client(command("INCR", "n" + i));
        talk.server(":" + i + "\r\n");
      }
    }
    return talk.close();
  }

  /**
   * PostgreSQL's extended queries between simple ones; the log has the simple ones (section
   * 54.2.3).
   */
  private static Exchanges extendedQueries() {
    Exchanges talk =
        new Exchanges("PostgreSQL extended", 5_432, "postgresql", "frontend_arg", "rows");
    postgresStart(talk);
    for (int i = 0; i < COUNT; i++) {
      String row = message('D', "\0\1" + length(size(i)) + "v".repeat(size(i)));
      String rows =
          row.repeat(1 + i % 3) + message('C', "SELECT " + (1 + i % 3) + "\0") + message('Z', "I");
      String columns = message('T', "\0\1a\0" + "\0".repeat(18));
      if (i % 2 == 0) {
        talk.exchange("", "");
        talk.client(
            message('P', "\0select $1" + " ".repeat(i % 4 == 2 ? 600 : 0) + "\0\0\0")
                + message('B', "\0\0\0\0\0\0" + "\0\0")
                + message('D', "P\0")
                + message('E', "\0\0\0\0\0")
                + message('S', ""));
        talk.server(message('1', "") + message('2', "") + columns + rows);
      } else {
        talk.exchange("select " + i, String.valueOf(1 + i % 3));
        talk.client(message('Q', "select " + i + "\0"));
        talk.server(columns + rows);
      }
    }
    return talk.close();
  }

  /** PostgreSQL's COPY in both directions (section 54.2.6). */
  private static Exchanges copies() {
    Exchanges talk =
        new Exchanges("PostgreSQL COPY", 5_432, "postgresql", "frontend_arg", "success");
    postgresStart(talk);
    for (int i = 0; i < COUNT; i++) {
      String query = "copy t" + i + (i % 2 == 0 ? " from stdin" : " to stdout");
      talk.exchange(query, "T");
      talk.client(message('Q', query + "\0"));
      String data = message('d', "r".repeat(size(i)) + "\n").repeat(3);
      if (i % 2 == 0) {
        talk.server(message('G', "\0\0\1\0\0"));
        talk.client(data + message('c', ""));
        talk.server(message('C', "COPY 3\0") + message('Z', "I"));
      } else {
        talk.server(
            message('H', "\0\0\1\0\0")
                + data
                + message('c', "")
                + message('C', "COPY 3\0")
                + message('Z', "I"));
      }
    }
    return talk.close();
  }

  /** MySQL's prepared statements and results without EOF packets (CLIENT_DEPRECATE_EOF). */
  private static Exchanges prepared() {
    Exchanges talk = new Exchanges("MySQL prepared", 3_306, "mysql", "arg", "success");
    mysqlStart(talk, "\0\2\0\1");
    for (int i = 0; i < COUNT; i++) {
      String query = "select ? + " + i + "+".repeat(i % 4 == 1 ? 600 : 0);
      talk.exchange(query, "T");
      talk.client(packet(0, "\u0016" + query));
      talk.server(
          packet(1, "\0" + (char) (i + 1) + "\0\0\0" + "\1\0" + "\1\0" + "\0" + "\0\0")
              + packet(2, "\3def\0\0\0\1?\0\f\77\0\0\0\0\0\u00fd\0\0\0\0\0")
              + packet(3, "\3def\0\0\0\1a\0\f\77\0\1\0\0\0\b\0\0\0\0\0"));
      talk.client(packet(0, "\u0017" + (char) (i + 1) + "\0\0\0" + "\0" + "\1\0\0\0" + "\0\1\3\0"));
      talk.server(
          packet(1, "\1")
              + packet(2, "\3def\0\0\0\1a\0\f\77\0\1\0\0\0\b\0\0\0\0\0")
              + packet(3, "\0\0" + "r".repeat(size(i)))
              + packet(4, "\u00fe\0\0\2\0\0\0"));
      talk.client(packet(0, "\u0019" + (char) (i + 1) + "\0\0\0")); // close: nobody answers
    }
    return talk.close();
  }

  /** MongoDB's messages with a sequence of documents and a checksum. */
  private static Exchanges sections() {
    Exchanges talk = new Exchanges("MongoDB sections", 27_017, "requests", "", "requests");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      String sequence = hex("documents") + "00" + document("a", size(i)) + document("b", 3);
      String body =
          i32(1) // checksumPresent
              + "00"
              + document("insert", 5)
              + "01"
              + i32(4 + sequence.length() / 2)
              + sequence
              + "01020304";
      talk.clientHex(mongo(i + 1, 0, 2_013, body));
      talk.serverHex(mongo(1_000 + i, i + 1, 2_013, i32(0) + "00" + document("ok", size(i + 1))));
    }
    return talk.close();
  }

  /** MongoDB's OP_QUERY and OP_REPLY. */
  private static Exchanges legacyMongo() {
    Exchanges talk = new Exchanges("MongoDB legacy", 27_017, "requests", "", "requests");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      String command = document("isMaster", size(i));
      String query = i32(0) + hex("admin.$cmd") + "00" + i32(0) + i32(1) + command;
      talk.clientHex(mongo(i + 1, 0, 2_004, query));
      String reply = i32(8) + "00".repeat(8) + i32(0) + i32(1) + document("ok", size(i + 1));
      talk.serverHex(mongo(1_000 + i, i + 1, 1, reply));
    }
    return talk.close();
  }

  /** A BSON document of one string. */
  private static String document(String name, int length) {
    String element = "02" + hex(name) + "00" + i32(length + 1) + "61".repeat(length) + "00" + "00";
    return i32(4 + element.length() / 2) + element;
  }

  private static String mongo(int id, int answered, int code, String body) {
    return i32(16 + body.length() / 2) + i32(id) + i32(answered) + i32(code) + body;
  }

  /** Kafka's header of version 2, with tagged fields, and several requests on the way. */
  private static Exchanges flexibleKafka() {
    Exchanges talk = new Exchanges("Kafka flexible", 9_092, "requests", "", "requests");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      String one = kafka(18, 3, 2 * i + 1, "00" + "ab".repeat(size(i)));
      talk.clientHex(one);
      talk.exchange("", "");
      talk.clientHex(kafka(1, 12, 2 * i + 2, "00" + "ab".repeat(size(i + 1))));
      talk.serverHex(
          "%08x%08x%s".formatted(4 + size(i), 2 * i + 1, "cd".repeat(size(i)))
              + "%08x%08x%s".formatted(5 + size(i), 2 * i + 2, "00" + "cd".repeat(size(i))));
    }
    return talk.close();
  }

  private static String kafka(int key, int version, int correlation, String more) {
    String client = hex("java-1");
    String body = "%04x%04x%08x%04x%s%s".formatted(key, version, correlation, 6, client, more);
    return "%08x%s".formatted(body.length() / 2, body);
  }

  /** AMQP 0-9-1: what a broker delivers, and what a consumer acknowledges. */
  private static Exchanges deliveries() {
    Exchanges talk = new Exchanges("AMQP deliveries", 5_672, "requests", "", "requests");
    talk.exchange("", "");
    talk.clientHex(hex("AMQP") + "00000901");
    talk.exchange("", "");
    talk.serverHex(method(0, 10, 10, 300));
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("", "");
      talk.serverHex(
          method(1, 60, 60, 20)
              + amqp(2, 1, "003c0000" + "00".repeat(10))
              + amqp(3, 1, "42".repeat(size(i)))
              + amqp(3, 1, "42".repeat(size(i + 1))));
      talk.exchange("", "");
      talk.clientHex(method(1, 60, 80, 9));
      if (i % 6 == 5) {
        talk.clientHex(amqp(8, 0, "")); // a heartbeat
      }
    }
    return talk.close();
  }

  /** MQTT 5 with properties, and messages of quality of service 2. */
  private static Exchanges mqtt5() {
    Exchanges talk = new Exchanges("MQTT 5", 1_883, "mqtt_publish", "topic", "payload_len");
    talk.exchange("", "");
    talk.clientHex("1013" + "00044d515454" + "05" + "02" + "003c" + "05" + "1100000010" + "000163");
    talk.serverHex("2003000000");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("v/%02d".formatted(i), String.valueOf(size(i)));
      String id = "%04x".formatted(i + 1);
      String content =
          "0004" + hex("v/%02d".formatted(i)) + id + "05" + "0200000e10" + "70".repeat(size(i));
      int left = content.length() / 2;
      String length =
          left < 128 ? "%02x".formatted(left) : "%02x%02x".formatted((left & 127) | 128, left >> 7);
      talk.clientHex("34" + length + content);
      talk.serverHex("5002" + id);
      talk.clientHex("6202" + id);
      talk.serverHex("7002" + id);
    }
    return talk.close();
  }

  /** DNS over TCP with two questions in one go, the second answered first (RFC 7766 section 7). */
  private static Exchanges pipelinedDns() {
    Exchanges talk = new Exchanges("DNS pipeline", 53, "dns", "query", "rcode");
    for (int i = 0; i < COUNT; i++) {
      talk.exchange("a%02d".formatted(i), "0").also("b%02d".formatted(i), "3");
      String one = "03" + hex("a%02d".formatted(i)) + "0000100001";
      String other = "03" + hex("b%02d".formatted(i)) + "0000010001";
      talk.clientHex(dns(2 * i, 0x0100, one, 0, "") + dns(2 * i + 1, 0x0100, other, 0, ""));
      String text = "%02x".formatted(255) + "74".repeat(255);
      String answer = "c00c" + "00100001" + "0000003c" + "%04x".formatted(256) + text;
      talk.serverHex(
          dns(2 * i + 1, 0x8183, other, 0, "")
              + dns(2 * i, 0x8180, one, 1 + i % 3, answer.repeat(1 + i % 3)));
    }
    return talk.close();
  }

  private static String dns(int id, int flags, String question, int answers, String more) {
    String message =
        "%04x%04x0001%04x00000000%s%s".formatted(id + 7, flags, answers, question, more);
    return "%04x%s".formatted(message.length() / 2, message);
  }
}
