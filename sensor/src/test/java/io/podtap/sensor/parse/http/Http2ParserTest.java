/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.http.framing.Hpack;
import io.podtap.sensor.parse.http.framing.Huffman;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of RFC 9113 and the examples of RFC 7541 appendix C. */
class Http2ParserTest {

  private static final HeapAccount NO_ACCOUNT =
      new HeapAccount() {
        @Override
        public void take(long bytes) {}

        @Override
        public void giveBack(long bytes) {}
      };

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String SETTINGS = frame(4, 0, 0, "");

  private static String frame(int type, int flags, int stream, String payload) {
    int length = payload.length();
    char[] header = {
      (char) (length >>> 16),
      (char) (length >>> 8 & 0xFF),
      (char) (length & 0xFF),
      (char) type,
      (char) flags,
      0,
      0,
      0,
      (char) stream
    };
    return new String(header) + payload;
  }

  private static String hex(String digits) {
    return new String(HexFormat.of().parseHex(digits), StandardCharsets.ISO_8859_1);
  }

  /** A literal field that is not kept. */
  private static String field(String name, String value) {
    return "\0" + (char) name.length() + name + (char) value.length() + value;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 10, 1_460})
  void writesOneRecordForEachStream(int pieceBytes) {
    // RFC 7541 appendix C.4.1 and C.6.1: www.example.com, and an answer with status 302
    String request = hex("828684418cf1e3c2e5f23a6ba0ab90f4ff");
    List<Map<String, String>> rows =
        StreamScript.tcp(8_080, pieceBytes)
            .client(PREFACE + SETTINGS + frame(1, 0x25, 1, "\0\0\0\0\20" + request))
            .server(SETTINGS + frame(1, 4, 1, hex("488264025885aec3771a4b")))
            .server(frame(0, 0x9, 1, "\2<html>\0\0"))
            .rows("http");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("version", "2")
        .containsEntry("method", "GET")
        .containsEntry("host", "www.example.com")
        .containsEntry("uri", "/")
        .containsEntry("status_code", "302")
        .containsEntry("response_body_len", "6");
  }

  @Test
  void knowsTheOutcomeOfGrpcCalls() {
    String request =
        "\203" + field(":path", "/pkg.Service/Call") + field("content-type", "application/grpc");
    List<Map<String, String>> rows =
        StreamScript.tcp(50_051, 1_460)
            .client(PREFACE + SETTINGS + frame(1, 4, 1, request) + frame(0, 1, 1, "\0\0\0\0\1x"))
            .server(SETTINGS + frame(1, 4, 1, "\210") + frame(0, 0, 1, "\0\0\0\0\2yy"))
            .server(frame(1, 5, 1, field("grpc-status", "7")))
            .rows("http");

    assertThat(rows.getFirst())
        .containsEntry("method", "POST")
        .containsEntry("uri", "/pkg.Service/Call")
        .containsEntry("status_code", "200")
        .containsEntry("grpc_status", "7")
        .containsEntry("request_body_len", "6")
        .containsEntry("resp_fuids", "-");
  }

  @Test
  @SuppressWarnings("StringConcatToTextBlock") // line ends are CR LF
  void anUpgradedConnectionAnswersTheRequestThatAskedForIt() {
    List<Map<String, String>> rows =
        StreamScript.tcp(8_080, 1_460)
            .client(
                "GET /up HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
            .server(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                    + SETTINGS
                    + frame(1, 4, 1, "\210")
                    + frame(0, 1, 1, "first"))
            .client(PREFACE + SETTINGS + frame(1, 5, 3, "\202\206" + field(":path", "/next")))
            .server(frame(1, 5, 3, "\215"))
            .rows("http");

    assertThat(rows)
        .extracting(row ->
            String.join(
                " ",
                row.get("method"),
                row.get("uri"),
                row.get("status_code"),
                row.get("info_code"),
                row.get("response_body_len")))
        .containsExactly("GET /up 200 101 5", "GET /next 404 - 0");
  }

  @Test
  void extendedConnectOpensAWebSocketAndTunnelsAreNoFiles() {
    String webSocket =
        field(":method", "CONNECT")
            + field(":protocol", "websocket")
            + field(":path", "/chat")
            + field(":authority", "h")
            + field("sec-websocket-protocol", "chat");
    String plain = field(":method", "CONNECT") + field(":authority", "10.0.0.9:25");
    StreamScript script =
        StreamScript.tcp(8_080, 1_460)
            .client(PREFACE + SETTINGS + frame(1, 4, 1, webSocket) + frame(1, 4, 3, plain))
            .server(SETTINGS + frame(1, 4, 1, "\210" + field("sec-websocket-protocol", "chat")))
            .server(frame(1, 4, 3, "\210") + frame(0, 0, 3, "220 mail ESMTP\r\n"))
            .client(frame(0, 0, 1, "\201\202\0\0\0\0hi") + frame(0, 1, 3, "EHLO x\r\n"))
            .server(frame(0, 1, 1, "\201\2ho") + frame(0, 1, 3, "250 ok\r\n"));

    assertThat(script.finish().rows("websocket").getFirst())
        .containsEntry("uri", "/chat")
        .containsEntry("subprotocol", "chat");
    assertThat(script.finish().rows("http")).hasSize(2);
    assertThat(script.finish().rows("files")).isEmpty();
  }

  @Test
  void keepsATableOf64Kilobytes() {
    Hpack hpack = new Hpack(NO_ACCOUNT);
    assertThat(decode(hpack, "3fe1ff03")).isEmpty(); // 65,536 bytes
    StringBuilder block = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      block.append("4004").append("%08x".formatted(0x61616161)).append("7f7f"); // 127 and 127 more
      block.append("62".repeat(254));
    }
    assertThat(decode(hpack, block.toString())).hasSize(200);
    assertThat(decode(hpack, "ff" + "8001")).hasSize(1); // index 255, the 194th of 200
  }

  @Test
  void whatRefersToLostEntriesIsLeftOut() {
    Hpack hpack = new Hpack(NO_ACCOUNT);
    hpack.lose();
    // 62 and 70 are unknown; a name by 62, indexed, becomes entry 62 itself; then a new one
    assertThat(decode(hpack, "be" + "82" + "c6" + "7e0178" + "400161" + "0162" + "be" + "bf"))
        .containsExactly(":method=GET", "a=b", "a=b");
    assertThat(hpack.unknownFields()).isEqualTo(4);
  }

  @Test
  void decodesTheExamplesOfTheSpecification() {
    Hpack hpack = new Hpack(NO_ACCOUNT);
    assertThat(decode(hpack, "828684410f7777772e6578616d706c652e636f6d"))
        .containsExactly(":method=GET", ":scheme=http", ":path=/", ":authority=www.example.com");
    assertThat(decode(hpack, "828684be58086e6f2d6361636865"))
        .containsExactly(
            ":method=GET",
            ":scheme=http",
            ":path=/",
            ":authority=www.example.com",
            "cache-control=no-cache");
    assertThat(decode(hpack, "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"))
        .contains("custom-key=custom-value", ":path=/index.html");
  }

  @Test
  void refusesWhatIsCutOffOrOutOfBounds() {
    assertThat(new Hpack(NO_ACCOUNT).decode(new byte[] {(byte) 0xFF}, 1, (name, value) -> {}))
        .isFalse();
    assertThat(new Hpack(NO_ACCOUNT).decode(new byte[] {(byte) 0xBE}, 1, (name, value) -> {}))
        .isFalse();
    assertThat(new Hpack(NO_ACCOUNT).decode(new byte[] {0x40, 0x7F}, 2, (name, value) -> {}))
        .isFalse();
    assertThat(Huffman.decode(new byte[] {-1, -1, -1, -1}, 0, 4)).isNull();
  }

  private static List<String> decode(Hpack hpack, String digits) {
    List<String> fields = new ArrayList<>();
    byte[] bytes = HexFormat.of().parseHex(digits);
    assertThat(hpack.decode(bytes, bytes.length, (name, value) -> fields.add(name + '=' + value)))
        .isTrue();
    return fields;
  }
}
