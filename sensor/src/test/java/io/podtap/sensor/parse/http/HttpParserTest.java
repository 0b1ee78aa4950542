/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.sink.MemorySink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations of RFC 9112, however they are cut, against the records they must give. */
class HttpParserTest {

  private static final int[] CUTS = {1, 2, 3, 7, 64, 100_000};

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 11, 1_460})
  void writesOneRecordForEachOfPipelinedRequests(int pieceBytes) {
    List<Map<String, String>> rows =
        StreamScript.tcp(8_443, pieceBytes)
            .client("GET /one HTTP/1.1\r\nHost: a\r\nUser-Agent: u\r\n\r\n")
            .client("POST /tw%6f HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc")
            .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .server("4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\nTrailer: t\r\n\r\n")
            .server("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
            .rows("http");

    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst())
        .containsEntry("trans_depth", "1")
        .containsEntry("method", "GET")
        .containsEntry("host", "a")
        .containsEntry("uri", "/one")
        .containsEntry("user_agent", "u")
        .containsEntry("version", "1.1")
        .containsEntry("response_body_len", "9")
        .containsEntry("status_code", "200")
        .containsEntry("status_msg", "OK");
    assertThat(rows.getLast())
        .containsEntry("trans_depth", "2")
        .containsEntry("uri", "/two")
        .containsEntry("request_body_len", "3")
        .containsEntry("response_body_len", "2")
        .containsEntry("status_code", "404");
  }

  @Test
  void knowsAnswersWithoutContent() {
    MemorySink logs =
        StreamScript.tcp(80, 1_460)
            .client("HEAD / HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            .server("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n")
            .server("HTTP/1.1 204 No Content\r\n\r\n")
            .finish();

    assertThat(logs.rows("http"))
        .extracting(row -> row.get("status_code") + ' ' + row.get("response_body_len"))
        .containsExactly("200 0", "304 0", "204 0");
    assertThat(logs.rows("files")).isEmpty();
  }

  @Test
  void keepsTheInterimAnswerBesideTheFinalOne() {
    Map<String, String> row =
        StreamScript.tcp(80, 1_460)
            .client("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            .server("HTTP/1.1 100 Continue\r\n\r\n")
            .client("hi")
            .server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .rows("http")
            .getFirst();

    assertThat(row)
        .containsEntry("info_code", "100")
        .containsEntry("info_msg", "Continue")
        .containsEntry("status_code", "200")
        .containsEntry("request_body_len", "2");
  }

  @Test
  void decompressesContent() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("<html>hello</html>".getBytes(StandardCharsets.US_ASCII));
    }
    for (int cut : CUTS) {
      Map<String, String> row =
          StreamScript.tcp(80, cut)
              .client("GET / HTTP/1.1\r\n\r\n")
              .server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n")
              .server("Content-Length: " + bytes.size() + "\r\n\r\n")
              .say(/* fromClient= */ false, bytes.toByteArray())
              .rows("http")
              .getFirst();

      assertThat(row).containsEntry("response_body_len", "18");
    }
  }

  @Test
  void takesMultipartMessagesApart() {
    String body =
        """
        --xy
        Content-Disposition: form-data; name="a"; filename="a.txt"

        first
        --not a boundary
        end
        --xy
        Content-Type: multipart/mixed; boundary=in

        --in
        Content-Disposition: attachment; filename*=UTF-8''b%20c

        second
        --in--

        --xy--
        """
            .replace("\n", "\r\n");
    for (int cut : CUTS) {
      MemorySink logs =
          StreamScript.tcp(80, cut)
              .client("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=\"xy\"\r\n")
              .client("Content-Length: " + body.length() + "\r\n\r\n" + body)
              .server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
              .finish();

      assertThat(logs.rows("http").getFirst())
          .containsEntry("orig_filenames", "a.txt,b c")
          .containsEntry("request_body_len", String.valueOf(body.length()));
      assertThat(logs.rows("files"))
          .extracting(row -> row.get("seen_bytes"))
          .containsExactly("28", "6");
    }
  }

  @Test
  void looksIntoWhatAProxyWasAskedFor() {
    List<Map<String, String>> rows =
        StreamScript.tcp(3_128, 5)
            .client("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n")
            .server("HTTP/1.1 200 Connection established\r\n\r\n")
            .client("GET /inner HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .rows("http");

    assertThat(rows).extracting(row -> row.get("uri")).containsExactly("a:80", "/inner");
  }

  @Test
  void goesOnBehindAHole() {
    MemorySink logs =
        StreamScript.tcp(80, 1_460)
            .client("GET /1 HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
            .gap(/* fromClient= */ false, 900)
            .server("d".repeat(97))
            .client("GET /2 HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 200 OK\r\nContent-Len")
            .gap(/* fromClient= */ false, 50)
            .server("garbage")
            .client("GET /3 HTTP/1.1\r\n\r\n")
            .server("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            .finish();

    assertThat(logs.rows("http"))
        .extracting(row -> row.get("uri") + ' ' + row.get("status_code"))
        .containsExactly("/1 200", "/2 200", "/3 403");
    assertThat(logs.rows("files").getFirst())
        .containsEntry("seen_bytes", "100")
        .containsEntry("missing_bytes", "900");
  }

  @Test
  void writesEachRequestOnceHoweverManyWait() {
    StreamScript script = StreamScript.tcp(80, 1_460);
    script
        .client("GET /0 HTTP/1.1\r\n\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na");
    for (int i = 1; i <= 250; i++) {
      script.client("GET /" + i + " HTTP/1.1\r\n\r\n");
    }
    MemorySink logs = script.server("bc").finish();

    assertThat(logs.rows("http")).hasSize(251);
    assertThat(logs.rows("http")).extracting(row -> row.get("uri")).doesNotHaveDuplicates();
    assertThat(logs.rows("weird").getFirst()).containsEntry("name", "HTTP_excessive_pipelining");
  }

  @Test
  void followsAWebSocket() {
    MemorySink logs =
        StreamScript.tcp(80, 4)
            .client("GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n")
            .client("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
            .client("Sec-WebSocket-Protocol: one, two\r\n\r\n")
            .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
            .server("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
            .server("Sec-WebSocket-Protocol: two\r\n\r\n")
            .client("\u0081\u00857\u00fa!=\u007f\u009fMQX")
            .server("\u0081\u0005Hello")
            .finish();

    assertThat(logs.rows("websocket").getFirst())
        .containsEntry("host", "h")
        .containsEntry("uri", "/chat")
        .containsEntry("subprotocol", "two")
        .containsEntry("client_protocols", "one,two");
    assertThat(logs.rows("http").getFirst()).containsEntry("status_code", "101");
    assertThat(logs.rows("weird")).isEmpty();
  }

  @Test
  void namesWhatIsOdd() {
    assertThat(weirds("OPTIONSHTTP/1.1\n\n")).containsExactly("bad_HTTP_request");
    assertThat(weirds(".... GET / HTTP/1.1\n\n")).containsExactly("bad_HTTP_request_with_version");
    assertThat(weirds("GET HTTP/1.1\r\n\r\n")).containsExactly("missing_HTTP_uri");
    assertThat(weirds("GET /% HTTP/1.1\r\n\r\n")).containsExactly("illegal_%_at_end_of_URI");
    assertThat(weirds("FOO / HTTP/1.1\r\n\r\n")).containsExactly("unknown_HTTP_method");
    assertThat(weirds("POST /\r\n\r\n")).containsExactly("invalid_http_09_request_method");
  }

  private static List<String> weirds(String request) {
    return StreamScript.tcp(80, 1_460).client(request).rows("weird").stream()
        .map(row -> row.getOrDefault("name", ""))
        .toList();
  }
}
