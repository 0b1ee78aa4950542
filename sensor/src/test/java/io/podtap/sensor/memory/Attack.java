/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.memory;

import io.podtap.sensor.parse.quic.QuicFragments;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What one flow of an attack says to make a parser hold as much as it can for as little as it can;
 * it is said again and again by ever new flows. {@link #ALL} is the list of what parsers hold.
 *
 * @param udp whether each piece is a datagram
 * @param joined whether the beginning of its connections is not seen
 */
@SuppressWarnings("StringConcatToTextBlock") // line ends are CR LF, and each counts
record Attack(String name, boolean udp, boolean joined, int port, List<Piece> pieces) {

  /** What one end says. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Piece(boolean fromClient, byte[] bytes) {}

  static final Map<String, Attack> ALL = new TreeMap<>();

  /** Collects what is said. */
  private static final class Script {

    private final List<Piece> pieces = new ArrayList<>();

    Script client(String latin1) {
      return client(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    Script client(byte[] bytes) {
      pieces.add(new Piece(true, bytes));
      return this;
    }

    Script server(String latin1) {
      pieces.add(new Piece(false, latin1.getBytes(StandardCharsets.ISO_8859_1)));
      return this;
    }

    Script times(int count, Consumer<Integer> each) {
      for (int i = 0; i < count; i++) {
        each.accept(i);
      }
      return this;
    }
  }

  private static void tcp(String name, int port, Consumer<Script> says) {
    add(name, /* udp= */ false, /* joined= */ false, port, says);
  }

  private static void joined(String name, int port, Consumer<Script> says) {
    add(name, /* udp= */ false, /* joined= */ true, port, says);
  }

  private static void udp(String name, int port, Consumer<Script> says) {
    add(name, /* udp= */ true, /* joined= */ false, port, says);
  }

  private static void add(
      String name, boolean udp, boolean joined, int port, Consumer<Script> says) {
    Script script = new Script();
    says.accept(script);
    ALL.put(name, new Attack(name, udp, joined, port, List.copyOf(script.pieces)));
  }

  private static String x(int count) {
    return "x".repeat(count);
  }

  private static String u16(int value) {
    return "" + (char) ((value >> 8) & 0xFF) + (char) (value & 0xFF);
  }

  private static String u32(long value) {
    return u16((int) (value >> 16)) + u16((int) value);
  }

  private static String little(long value, int bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes; i++) {
      text.append((char) ((value >> (8 * i)) & 0xFF));
    }
    return text.toString();
  }

  private static String frame2(int type, int flags, int stream, String content) {
    return (char) (content.length() >> 16)
        + u16(content.length())
        + (char) type
        + (char) flags
        + u32(stream)
        + content;
  }

  private static String ber(int tag, String content) {
    return (char) tag + "\u0084" + u32(content.length()) + content;
  }

  private static String dnsQuery(int id) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      name.append((char) 60).append(String.format("%060d", id * 3 + i));
    }
    return u16(id) + "\1\0\0\1\0\0\0\0\0\0" + name + "\0\0\1\0\1";
  }

  private static String dnsAnswer(int id) {
    String answer = "\3www\1a\0\0\20\0\1\0\0\0\1\1\0\u00ff" + x(255);
    return u16(id) + "\u0081\u0080\0\0\0\20\0\0\0\0" + answer.repeat(16);
  }

  /** A header of the PROXY protocol, version 2, with values of so many bytes in all. */
  private static String proxyHeader(int length, String values) {
    return "\r\n\r\n\0\r\nQUIT\n!\21" + u16(12 + length) + x(12) + values;
  }

  private static String smb2(int command, long id, String body) {
    String message =
        "\u00feSMB"
            + little(64, 2)
            + little(0, 6)
            + little(command, 2)
            + little(0, 10)
            + little(id, 8)
            + little(0, 32)
            + body;
    return "\0" + (char) (message.length() >> 16) + u16(message.length()) + message;
  }

  private static String hex(String digits) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < digits.length(); i += 2) {
      text.append((char) Integer.parseInt(digits.substring(i, i + 2), 16));
    }
    return text.toString();
  }

  static {
    tcp("http-line", 80, s -> s.client("GET / HTTP/1.1\r\nHost: a\r\nX-A: " + x(31_000)));
    tcp(
        "http-headers",
        80,
        s ->
            s.client("GET / HTTP/1.1\r\n")
                .times(3, i -> s.client("Referer: " + x(9_000) + "\r\n"))
                .client("Host: " + x(9_000) + "\r\nUser-Agent: " + x(9_000) + "\r\n"));
    tcp("http-uri", 80, s -> s.client("GET /" + x(30_000) + " HTTP/1.1\r\n"));
    tcp(
        "http-pipeline",
        80,
        s ->
            s.times(
                90, i -> s.client("GET /" + i + x(i % 2 == 0 ? 20 : 2_000) + " HTTP/1.1\r\n\r\n")));
    tcp(
        "http-reason",
        80,
        s -> s.client("GET / HTTP/1.1\r\n\r\n").server("HTTP/1.1 200 " + x(30_000) + "\r\n"));
    tcp(
        "http-parts",
        80,
        s ->
            s.client(
                    "POST / HTTP/1.1\r\nContent-Type: multipart/mixed; boundary=b\r\n"
                        + "Content-Length: 9999999\r\n\r\n--b\r\n")
                .client("Content-Disposition: a; filename=" + x(7_000) + "\r\n" + x(7_000)));
    tcp(
        "http-files",
        80,
        s ->
            s.client(
                    "POST / HTTP/1.1\r\nContent-Type: multipart/mixed; boundary=b\r\n"
                        + "Content-Length: 9999999\r\n\r\n")
                .times(
                    14,
                    i ->
                        s.client(
                            "--b\r\nContent-Disposition: a; filename="
                                + i
                                + x(2_000)
                                + "\r\n\r\nhi\r\n")));
    tcp(
        "http-begun-file",
        80,
        s -> s.client("POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n" + x(4_000)));
    tcp(
        "http-gzip",
        80,
        s ->
            s.client("GET / HTTP/1.1\r\n\r\n")
                .server(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999\r\n\r\n"
                        + hex("1f8b0800000000000003")
                        + hex("000500faff")
                        + "hello"));
    tcp(
        "http-ranges",
        80,
        s ->
            s.client("GET /R HTTP/1.1\r\nHost: " + x(6_000) + "\r\n\r\n")
                .server(
                    "HTTP/1.1 206 P\r\n"
                        + "Content-Range: bytes 5-9/99999\r\n"
                        + "Content-Length: 5\r\n\r\n"
                        + "hello"));
    tcp(
        "http-websocket",
        80,
        s ->
            s.client("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
                .server("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"));
    String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame2(4, 0, 0, "");
    tcp(
        "http2-table",
        80,
        s ->
            s.client(preface)
                .times(
                    30,
                    i -> {
                      StringBuilder fields = new StringBuilder("\u0082\u0084\u0087");
                      for (int k = 0; k < 20; k++) {
                        fields
                            .append("@\1")
                            .append((char) ('a' + k))
                            .append("\2")
                            .append(i % 10)
                            .append(k % 10);
                      }
                      s.client(frame2(1, 4 | 1, 2 * i + 1, fields.toString()));
                    }));
    tcp(
        "http2-streams",
        80,
        s ->
            s.client(preface)
                .times(500, i -> s.client(frame2(1, 4 | 1, 2 * i + 1, "\u0082\u0084\u0087"))));
    tcp(
        "http2-block",
        80,
        s ->
            s.client(preface + frame2(1, 0, 1, x(16_000)))
                .times(2, i -> s.client(frame2(9, 0, 1, x(16_000)))));
    tcp(
        "dns-tcp",
        53,
        s -> s.client("\u00ff\u00ff\0\7\1\0\0\1\0\0\0\0\0\0\3www\1a\0\0\1\0\1" + x(60_000)));
    udp("dns-questions", 53, s -> s.times(49, i -> s.client(dnsQuery(i))));
    udp("dns-answers", 53, s -> s.times(40, i -> s.server(dnsAnswer(i))));
    String names =
        "\2\1\0"
            + x(256)
            + "\1\1\0"
            + x(256)
            + "\5\1\0"
            + x(256)
            + "0\1\0"
            + x(256)
            + " \2\13"
            + x(5)
            + "!\1\0"
            + x(256)
            + "\"\1\0"
            + x(256)
            + "\u00ea\1\1"
            + x(257);
    tcp(
        "proxy-header",
        4_321,
        s -> s.client(proxyHeader(names.length(), names) + x(2_100)).server(x(2_100)));
    tcp("proxy-begun", 4_321, s -> s.client(proxyHeader(60_000, x(4_000))));
    joined(
        "joined-http",
        80,
        s -> s.times(4, i -> s.client(x(1_400) + i)).times(4, i -> s.server(x(1_400) + i)));
    joined("joined-redis", 6_379, s -> s.server("$7000\r\n" + x(6_900)).client(x(6_900)));
    joined("joined-tls", 443, s -> s.client("\27\3\3\100" + x(7_000)));
    udp("dns-one-each", 53, s -> s.client(dnsQuery(1)));
    tcp(
        "redis-pipeline",
        6_379,
        s ->
            s.times(
                40,
                i -> {
                  StringBuilder many = new StringBuilder();
                  for (int k = 0; k < 20; k++) {
                    many.append("*3\r\n$3\r\nSET\r\n$3\r\nk")
                        .append(i % 10)
                        .append(k % 10)
                        .append("\r\n$8\r\nvaluevalue".substring(0, 16))
                        .append("\r\n");
                  }
                  s.client(many.toString());
                }));
    tcp("redis-line", 6_379, s -> s.client("*2\r\n+" + x(60_000)));
    tcp(
        "redis-bulk",
        6_379,
        s -> s.client("*9\r\n").times(2, i -> s.client("$4096\r\n" + x(4_096) + "\r\n")));
    String kexinit =
        "\u0014" + x(16) + u32(30_000) + x(30_000) + "\0\0\0\0".repeat(7) + "\0\0\0\0\0";
    tcp(
        "ssh-offers",
        22,
        s ->
            s.client("SSH-2.0-a\r\n")
                .server("SSH-2.0-b\r\n")
                .client(u32(kexinit.length() + 1 + 4) + "\4" + kexinit + "pppp"));
    tcp("ssh-line", 22, s -> s.client("SSH-2.0-a\r\n").client(u32(34_000) + "\4" + x(33_000)));
    tcp(
        "ldap-searches",
        389,
        s ->
            s.times(
                60,
                i ->
                    s.client(
                        ber(
                            0x30,
                            "\2\2"
                                + u16(i)
                                + ber(
                                    0x63,
                                    ber(4, x(1_000))
                                        + "\n\1\2\n\1\0\2\1\0\2\1\0\1\1\0"
                                        + ber(0x87, "cn"))))));
    tcp(
        "ldap-adds",
        389,
        s -> s.times(200, i -> s.client(ber(0x30, "\2\2" + u16(i) + ber(0x66, ber(4, x(20)))))));
    tcp("ldap-message", 389, s -> s.client("0\u0084" + u32(60_000) + x(31_000)));
    tcp("kerberos-tcp", 88, s -> s.client(u32(60_000) + "j" + x(59_000)));
    tcp(
        "smtp-recipients",
        25,
        s ->
            s.server("220 a SMTP\r\n")
                .client("EHLO a\r\nMAIL FROM:<a@b>\r\n")
                .times(800, i -> s.client("RCPT TO:<" + i + x(40) + "@b>\r\n")));
    tcp(
        "smtp-head",
        25,
        s ->
            s.server("220 a SMTP\r\n")
                .client("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@b>\r\nDATA\r\n")
                .times(
                    6,
                    i ->
                        s.client(
                            "X"
                                + i
                                + ": a\r\nSubject: "
                                + x(8_000)
                                + "\r\n"
                                + " "
                                + x(7_000)
                                + "\r\n")));
    tcp(
        "pop3-head",
        110,
        s ->
            s.server("+OK\r\n")
                .client("USER a\r\n")
                .server("+OK\r\n")
                .client("PASS a\r\n")
                .server("+OK\r\n")
                .client("RETR 1\r\n")
                .server("+OK\r\n")
                .times(2, i -> s.server("Subject: " + x(8_000) + "\r\n " + x(7_000) + "\r\n")));
    tcp(
        "pop3-commands",
        110,
        s -> s.server("+OK\r\n").times(10, i -> s.client("NOOP " + x(500) + "\r\n")));
    tcp("finger-lines", 79, s -> s.client(x(999)).server(x(999)));
    tcp(
        "smtp-base64",
        25,
        s ->
            s.server("220 a SMTP\r\n")
                .client(
                    "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@b>\r\nDATA\r\n"
                        + "Content-Transfer-Encoding: base64\r\n\r\n"
                        + "A".repeat(8_000)
                        + "\r\n"));
    tcp(
        "ftp-commands",
        21,
        s ->
            s.server("220 hi\r\n")
                .client("USER a\r\n")
                .server("331 pass\r\n")
                .times(18, i -> s.client("STOR " + i + x(3_000) + "\r\n")));
    tcp(
        "mqtt-unacknowledged",
        1_883,
        s ->
            s.client("\u0010\u000c\0\4MQTT\4\2\0\0\0\0")
                .server(" \2\0\0")
                .times(
                    300,
                    i ->
                        s.client(
                            "2"
                                + (char) 0x85
                                + "\1"
                                + u16(0x80 - 1)
                                + x(0x80 - 1)
                                + u16(i + 1)
                                + "hi")));
    tcp(
        "mqtt-subscriptions",
        1_883,
        s ->
            s.client("\u0010\u000c\0\4MQTT\4\2\0\0\0\0")
                .server(" \2\0\0")
                .times(
                    100,
                    i ->
                        s.client(
                            "\u0082" + (char) (2 + 4 * 6) + u16(i + 1) + "\0\3abc\0".repeat(4))));
    String greeting = "\n8.0.1\0" + x(12) + "\0" + u16(0xFFF7) + "!\2\0" + u16(0) + x(20);
    tcp(
        "mysql-query",
        3_306,
        s ->
            s.server(little(greeting.length(), 3) + "\0" + greeting)
                .client(little(40, 3) + "\1" + little(0x0200, 4) + x(28) + "root\0\0\0\0")
                .server("\7\0\0\2\0\0\0\2\0\0\0")
                .client(little(15_001, 3) + "\0\3" + x(15_000)));
    tcp(
        "postgresql-query",
        5_432,
        s ->
            s.client(u32(8 + 10) + u32(3 << 16) + "user\0bob\0\0")
                .server("R" + u32(8) + u32(0))
                .client("Q" + u32(4 + 15_001) + x(15_000) + "\0"));
    tcp(
        "mongodb-kinds",
        27_017,
        s ->
            s.times(
                31,
                i -> {
                  String body =
                      "\0\0\0\0\0" + little(5 + 240, 4) + "\2" + i + x(200) + "\0" + x(36);
                  s.client(
                      little(16 + body.length(), 4)
                          + little(i + 1, 4)
                          + little(0, 4)
                          + little(2_013, 4)
                          + body);
                }));
    tcp(
        "socks-login",
        1_080,
        s -> s.client("\5\1\2").server("\5\2").client("\1\u00fa" + x(250) + "\u00fa"));
    tcp(
        "syslog-tcp",
        514,
        s -> s.client("<34>1 2003-10-11T22:14:15.003Z a b - - - hi\n" + "8100 <34>" + x(8_000)));
    tcp(
        "tls-fragments",
        443,
        s ->
            s.times(
                7,
                i ->
                    s.client(
                        "\u0016\3\1"
                            + u16(16_000)
                            + (i == 0 ? "\1\1\u00f0\0\3\3" + x(15_994) : x(16_000)))));
    String extensions = "DD\0\0".repeat(400);
    String hello =
        "\3\3"
            + x(32)
            + "\0"
            + u16(800)
            + "\u0013\1".repeat(400)
            + "\1\0"
            + u16(extensions.length())
            + extensions;
    tcp(
        "tls-hello",
        443,
        s ->
            s.client(
                "\u0016\3\1" + u16(4 + hello.length()) + "\1\0" + u16(hello.length()) + hello));
    udp(
        "dtls-fragments",
        4_433,
        s ->
            s.client(
                "\u0016\u00fe\u00ff\0\0\0\0\0\0\0\1"
                    + u16(12 + 1_000)
                    + "\1\0"
                    + u16(32_000)
                    + "\0\0\0\0\0\0"
                    + u16(1_000)
                    + "\u00fe\u00ff"
                    + x(998)));
    udp(
        "quic-crypto",
        443,
        s ->
            s.client(QuicFragments.at(1, 1_000))
                .times(12, i -> s.client(QuicFragments.at(1_200 * i + 1_100, 1_000))));
    tcp(
        "smb-requests",
        445,
        s ->
            s.times(
                120,
                i ->
                    s.client(
                        smb2(
                            5,
                            i,
                            little(57, 2)
                                + x(42)
                                + little(120, 2)
                                + little(400, 2)
                                + x(8)
                                + x(400)))));
    udp(
        "sip-vias",
        5_060,
        s ->
            s.client(
                "INVITE sip:a@b SIP/2.0\r\n"
                    + ("Via: SIP/2.0/UDP " + x(1_000) + "\r\n").repeat(40)
                    + "Call-ID: a\r\n\r\n"));
    udp(
        "snmp-community",
        161,
        s ->
            s.client(
                ber(
                    0x30,
                    "\2\1\1"
                        + ber(4, x(1_200))
                        + ber(0xA0, "\2\1\1\2\1\0\2\1\0" + ber(0x30, "")))));
    udp(
        "radius-request",
        1_812,
        s -> s.client("\1\1" + u16(20 + 255) + x(16) + "\1\u00ff" + x(253)));
    udp(
        "dhcp-transactions",
        67,
        s ->
            s.times(
                40,
                i ->
                    s.client(
                        "\1\1\6\0"
                            + "IDNO"
                            + x(228).replace('x', '\0')
                            + "c\u0082Sc5\1\1"
                            + "\u000c\u00f0"
                            + x(240)
                            + "8\u00f0"
                            + x(240)
                            + "\u00ff")));
    tcp("unknown", 9_999, s -> s.client("\1\2\3" + x(1_300)).server("\4\5\6" + x(1_300)));
    tcp("nothing-much", 9_999, s -> s.client("\1"));
  }

  /** Returns how many bytes one flow says. */
  long bytes() {
    return pieces.stream().mapToLong(piece -> piece.bytes.length).sum();
  }

  /**
   * Returns a piece as flow {@code number} says it: where one flow's words must differ from
   * another's, they do.
   */
  static byte[] of(byte[] piece, long number, int index) {
    byte[] said = piece;
    int at = indexOf(piece, "IDNO");
    if (at >= 0) {
      said = piece.clone();
      ByteBuffer.wrap(said).putInt(at, (int) (number * 64 + index));
    }
    at = indexOf(piece, "GET /R ");
    if (at >= 0) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(("GET /" + number).getBytes(StandardCharsets.ISO_8859_1));
      out.write(piece, at + 6, piece.length - at - 6);
      said = out.toByteArray();
    }
    return said;
  }

  private static int indexOf(byte[] bytes, String text) {
    for (int at = 0; at < Math.min(bytes.length, 16); at++) {
      int same = 0;
      while (same < text.length()
          && at + same < bytes.length
          && bytes[at + same] == text.charAt(same)) {
        same++;
      }
      if (same == text.length()) {
        return at;
      }
    }
    return -1;
  }
}
