/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.families;

import static io.podtap.sensor.families.FamilyCase.tcp;
import static io.podtap.sensor.families.FamilyCase.weird;

import io.podtap.sensor.dispatch.StreamScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What is weird about HTTP/1, and what becomes of the rows. */
final class HttpFamily {

  private static final String ONE_CHUNK = "4\r\n1234\r\n0\r\n\r\n";

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  private HttpFamily() {}

  static Family family() {
    List<FamilyCase> cases = new ArrayList<>();
    requestHeads(cases);
    answers(cases);
    lines(cases);
    contents(cases);
    webSockets(cases);
    rows(cases);
    inside(cases);
    untilTheEnd(cases);
    return new Family("http", cases);
  }

  private static Function<String, List<Map<String, String>>> request(String head, String body) {
    return tcp(80, "POST / HTTP/1.1\r\n" + head + "\r\n\r\n" + body + GET, OK + OK);
  }

  private static Function<String, List<Map<String, String>>> answer(String start) {
    return tcp(80, GET, start);
  }

  /** What a client says before it closes, in the middle of a line. */
  private static Function<String, List<Map<String, String>>> ended(String text) {
    return log ->
        StreamScript.tcp(80, Integer.MAX_VALUE).client(text).server("<p>").end(true).rows(log);
  }

  private static void add(
      List<FamilyCase> cases,
      String name,
      String detail,
      String input,
      Function<String, List<Map<String, String>>> run) {
    cases.add(weird(name, detail, "HTTP", input, run));
  }

  private static void requestHeads(List<FamilyCase> cases) {
    String chunked = "Transfer-Encoding: chunked";
    add(cases, "HTTP_bad_chunk_size", "zz;a", "chunk line zz;a", request(chunked, "zz;a\r\n\r\n"));
    for (String length : List.of("-3", "x3", "99999999999999999999")) {
      add(
          cases,
          "HTTP_bad_content_length",
          length,
          "Content-Length: " + length,
          request("Content-Length: " + length, ""));
    }
    add(
        cases,
        "HTTP_content_length_leading_zeros",
        "0007",
        "Content-Length: 0007",
        request("Content-Length: 0007", "1234567"));
    for (String head :
        List.of("Content-Length: 4\r\n" + chunked, chunked + "\r\nContent-Length: 4")) {
      add(
          cases,
          "HTTP_content_length_and_chunked",
          "",
          head.replace("\r\n", ", "),
          request(head, "0\r\n\r\n"));
    }
    add(
        cases,
        "HTTP_chunked_multi",
        "foo",
        "Transfer-Encoding: chunked foo",
        request(chunked + " foo", "0\r\n\r\n"));
    add(
        cases,
        "HTTP_expect_not_100_continue",
        "maybe",
        "Expect: maybe",
        request("Expect: maybe\r\nContent-Length: 1", "1"));
    add(
        cases,
        "HTTP_content_length_0_and_expect_100_cont",
        "",
        "Expect and Content-Length: 0",
        request("Expect: 100-continue\r\nContent-Length: 0", ""));
    add(
        cases,
        "HTTP_obsolete_line_folding",
        "X-Long",
        "a field on two lines",
        request("X-Long: a\r\n b", ""));
    add(
        cases,
        "exceeded_mime_max_header_bytes",
        "80011 > 65536",
        "a head of 80,011 bytes",
        request(
            "X-A: "
                + "a".repeat(19_995)
                + ("\r\nX-A: " + "a".repeat(19_995)).repeat(3)
                + "\r\nX: 12345678",
            ""));
    cases.add(
        weird(
            "base64_illegal_encoding",
            "incomplete base64 group, padding with 6 bits of 0",
            "",
            "Authorization: Basic dXNlcjpwYXNzd28",
            request("Authorization: Basic dXNlcjpwYXNzd28", "")));
    cases.add(
        weird(
            "base64_illegal_encoding",
            "extra base64 groups after '=' padding are ignored",
            "",
            "Authorization: Basic dXNlcg==dXNl",
            request("Authorization: Basic dXNlcg==dXNl", "")));
    cases.add(
        weird(
            "base64_illegal_encoding",
            "character 32 ignored by Base64 decoding",
            "",
            "two blanks before the credentials",
            request("Authorization: Basic  dXNlcjpwYXNz", "")));
    cases.add(
        weird(
            "base64_illegal_encoding",
            "character 42 ignored by Base64 decoding",
            "",
            "Authorization: Basic dX*NlcjpwYXNz",
            request("Authorization: Basic dX*NlcjpwYXNz", "")));
  }

  private static void answers(List<FamilyCase> cases) {
    Map<String, String> ranges =
        Map.of(
            "bits 0-3/9", "HTTP_content_range_unknown_byte_unit",
            "bytes 0-3", "HTTP_content_range_cannot_parse",
            "bytes foo-bar/baz", "HTTP_content_range_cannot_parse",
            "bytes 0--5/*", "HTTP_content_range_invalid",
            "bytes 10-5/*", "HTTP_non_positive_content_range",
            "bytes 0-9223372036854775807/*", "HTTP_content_range_overflow",
            "bytes 0-3/x", "HTTP_content_range_invalid_instance");
    ranges.forEach((range, name) -> {
      boolean isShown = range.indexOf('/') > 0 && range.startsWith("bytes");
      add(
          cases,
          name,
          isShown ? range.substring(6) : "",
          "206, Content-Range: " + range,
          answer(
              "HTTP/1.1 206 P\r\nContent-Length: 4\r\nContent-Range: " + range + "\r\n\r\n1234"));
    });
    add(
        cases,
        "HTTP_range_not_matching_len",
        "",
        "206, range of 4 bytes, length 5",
        answer("HTTP/1.1 206 P\r\nContent-Length: 5\r\nContent-Range: bytes 0-3/9\r\n\r\n12345"));
    add(
        cases,
        "HTTP_content_range_and_chunked",
        "",
        "206, chunked, then a range",
        answer(
            "HTTP/1.1 206 P\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 0-3/9\r\n\r\n"
                + ONE_CHUNK));
    add(
        cases,
        "lowercase_HTTP_keyword",
        "",
        "http/1.1 200 OK",
        answer("http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    add(
        cases,
        "lowercase_HTTP_keyword",
        "",
        "GET / http/1.1",
        tcp(80, "GET / http/1.1\r\n\r\n", OK));
    add(
        cases,
        "HTTP_version_mismatch",
        "",
        "answers of 1.1 and 1.0",
        tcp(80, GET + GET, OK + "HTTP/1.0 200 OK\r\n\r\n"));
    cases.add(
        weird(
            "HTTP_response_before_request",
            "",
            "",
            "an answer before any request",
            tcp(80, "", OK, GET)));
    add(
        cases,
        "protocol_data_with_HTTP_CONNECT_reply",
        "4",
        "CONNECT, 200 and four bytes",
        tcp(80, "CONNECT a:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n1234"));
    add(
        cases,
        "protocol_data_with_HTTP_upgrade_reply",
        "4",
        "101 and four bytes",
        tcp(
            80,
            "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n",
            "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n1234"));
    cases.add(
        weird(
            "missing_HTTP_entity",
            "",
            "HTTP",
            "the request ends between fields of its answer",
            tcp(
                80,
                "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n12",
                "HTTP/1.1 400 B\r\nServer: a\r\n",
                "34",
                "Content-Length: 0\r\n\r\n")));
  }

  private static void lines(List<FamilyCase> cases) {
    add(cases, "bad_HTTP_request", "", "a line without a blank", tcp(80, "nonsense\r\n", ""));
    add(
        cases,
        "bad_HTTP_request_with_version",
        "",
        "a line of a blank and a version",
        tcp(80, "/a b HTTP/1.1\r\n", ""));
    add(cases, "missing_HTTP_uri", "", "GET HTTP/1.1", tcp(80, "GET HTTP/1.1\r\n\r\n", OK));
    add(cases, "empty_http_request", "", "an empty line first", tcp(80, "\r\n" + GET, OK));
    add(
        cases,
        "invalid_http_09_request_method",
        "POST",
        "POST /a",
        tcp(80, "POST /a\r\n\r\n", "text"));
    add(
        cases,
        "http_09_reply_before_request",
        "",
        "a request without a version while an answer comes",
        tcp(80, GET, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1", "GET /b\r\n"));
    cases.add(
        weird(
            "unknown_HTTP_method",
            "SSH-2.0-x.y",
            "",
            "a token and a blank",
            tcp(80, "SSH-2.0-x.y z\r\n", "")));
    cases.add(
        weird(
            "unknown_HTTP_method",
            "FOO",
            "",
            "FOO / HTTP/1.1",
            tcp(80, "FOO / HTTP/1.1\r\n\r\n", OK)));
    add(
        cases,
        "unexpected_multiple_HTTP_requests",
        "",
        "two requests of version 1.0",
        tcp(80, "GET / HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n", ""));
    add(
        cases,
        "HTTP_excessive_pipelining",
        "101 > 100",
        "120 requests at once",
        tcp(80, GET.repeat(120), ""));
    Map<String, String> targets =
        Map.of(
            "/%", "illegal_%_at_end_of_URI",
            "/%4", "partial_escape_at_end_of_URI",
            "/%%41", "double_%_in_URI",
            "/%zz", "unescaped_%_in_URI");
    targets.forEach((target, name) ->
        add(cases, name, "", "GET " + target, tcp(80, "GET " + target + " HTTP/1.1\r\n\r\n", OK)));
    for (String start : List.of("GET /\ra\r\n", "\u0001\r\u0002", "bad\r\n\u0001\r\u0002")) {
      cases.add(
          weird(
              "line_terminated_with_single_CR",
              "",
              "CONTENTLINE",
              "a carriage return inside " + start.strip().replace('\r', '_').replace('\n', '_'),
              tcp(80, start)));
    }
    add(cases, "bad_HTTP_request", "", "a first line without an end", ended("{\"a\": 1}"));
    cases.add(
        new FamilyCase(
            "The end of the connection ends the request line",
            "GET / without a line end, <p> for an answer",
            "http",
            Map.of("method", "GET", "uri", "/"),
            ended("GET /")));
    cases.add(
        weird(
            "contentline_size_exceeded",
            "",
            "CONTENTLINE",
            "a field of 40,000 bytes",
            request("X: " + "a".repeat(40_000), "")));
  }

  private static void contents(List<FamilyCase> cases) {
    String multipart = "Content-Type: multipart/mixed; boundary=b\r\n";
    String nested = "--b\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n--b--\r\n";
    add(
        cases,
        "HTTP_nested_transfer_encoding_header",
        "",
        "a part with Transfer-Encoding",
        request(multipart + "Content-Length: " + nested.length(), nested));
    add(
        cases,
        "HTTP_chunked_transfer_for_multipart_message",
        "",
        "multipart in chunks",
        request(multipart + "Transfer-Encoding: chunked", "0\r\n\r\n"));
    String cut = "--b\r\nA: b";
    add(
        cases,
        "http_no_crlf_in_header_list",
        "",
        "the length ends in a field of a part",
        request(multipart + "Content-Length: " + cut.length(), cut));
    cases.add(
        weird(
            "line_terminated_without_CRLF",
            "",
            "CONTENTLINE",
            "the length ends in a line of a part",
            request(multipart + "Content-Length: 9", "--b\r\n\r\nab")));
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 101; i++) {
      deep.append("Content-Type: message/rfc822\r\n\r\n");
    }
    add(
        cases,
        "exceeded_mime_max_depth",
        "100",
        "messages in one another",
        request(
            "Content-Type: message/rfc822\r\nContent-Length: " + deep.length(), deep.toString()));
    cases.add(
        weird(
            "inflate_failed",
            "",
            "ZIP",
            "deflate that is none",
            answer(
                "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 8\r\n\r\n"
                    + "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")));
  }

  private static Function<String, List<Map<String, String>>> upgraded(
      String request, String answer, String frames) {
    String common = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    return tcp(
        80,
        "GET / HTTP/1.1\r\nHost: a\r\n" + common + request + "\r\n",
        "HTTP/1.1 101 S\r\n" + common + answer + "\r\n",
        "",
        frames);
  }

  private static void webSockets(List<FamilyCase> cases) {
    String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"; // RFC 6455 section 1.3
    String accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    String protocol = "Sec-WebSocket-Protocol: a\r\n";
    Map<String, Function<String, List<Map<String, String>>>> handshakes =
        Map.of(
            "websocket_multiple_key_headers", upgraded(key + key, accept, ""),
            "websocket_multiple_protocol_headers", upgraded(key, accept + protocol + protocol, ""),
            "websocket_multiple_accept_headers", upgraded(key, accept + accept, ""),
            "websocket_missing_key_header", upgraded("", accept, ""),
            "websocket_missing_accept_header", upgraded(key, "", ""));
    handshakes.forEach(
        (name, run) -> cases.add(weird(name, "", "WebSocket", "a handshake with that", run)));
    cases.add(
        weird(
            "websocket_wrong_accept_header",
            "expected=s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, found=x",
            "WebSocket",
            "Sec-WebSocket-Accept: x",
            upgraded(key, "Sec-WebSocket-Accept: x\r\n", "")));
    cases.add(
        weird(
            "websocket_control_frame_size_exceeded",
            "200 > 125",
            "WEBSOCKET",
            "a ping of 200 bytes",
            upgraded(key, accept, "\u0089~\0\u00c8" + "a".repeat(200))));
  }

  private static void row(
      List<FamilyCase> cases,
      String rule,
      String input,
      Map<String, String> expected,
      Function<String, List<Map<String, String>>> run) {
    cases.add(new FamilyCase(rule, input, "http", expected, run));
  }

  private static void rows(List<FamilyCase> cases) {
    row(
        cases,
        "a status line in small letters is one",
        "http/1.1 200 OK",
        Map.of("status_code", "200", "status_msg", "OK", "version", "1.1"),
        answer("http/1.1 200 OK\r\n\r\n"));
    row(
        cases,
        "a bad chunk size ends the message; the next request has a row",
        "chunk line zz",
        Map.of("uri", "/", "method", "GET", "trans_depth", "2"),
        request("Transfer-Encoding: chunked", "zz\r\n\r\n"));
    row(
        cases,
        "a length with leading zeros counts",
        "Content-Length: 0007",
        Map.of("method", "POST", "request_body_len", "7"),
        request("Content-Length: 0007", "1234567"));
    row(
        cases,
        "a bad length counts as none",
        "Content-Length: -3",
        Map.of("method", "GET", "trans_depth", "2"),
        request("Content-Length: -3", ""));
    row(
        cases,
        "the longer of range and length counts",
        "206, range of 6 bytes, length 4",
        Map.of("status_code", "206", "response_body_len", "6"),
        answer("HTTP/1.1 206 P\r\nContent-Length: 4\r\nContent-Range: bytes 0-5/9\r\n\r\n123456"));
    row(
        cases,
        "a request that ends behind its answer has a further row",
        "400, then the rest of the request",
        Map.of("trans_depth", "2", "request_body_len", "4", "method", "", "status_code", ""),
        tcp(
            80,
            "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n12",
            "HTTP/1.1 400 B\r\nContent-Length: 0\r\n\r\n",
            "34"));
    row(
        cases,
        "an unfinished last line of a part counts with its line end",
        "a body of 9 bytes that ends in a line",
        Map.of("method", "POST", "request_body_len", "11"),
        request("Content-Type: multipart/mixed; boundary=b\r\nContent-Length: 9", "--b\r\n\r\nab"));
    row(
        cases,
        "an answer without a head",
        "GET /a, text",
        Map.of("uri", "/a", "version", "0.9", "response_body_len", "4"),
        tcp(80, "GET /a\r\n", "text"));
    cases.add(
        new FamilyCase(
            "CONNECT is a tunnel",
            "CONNECT, 200",
            "tunnel",
            Map.of("tunnel_type", "Tunnel::HTTP", "uid", "", "id.orig_p", "0"),
            tcp(80, "CONNECT a:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n")));
  }

  /** HTTP inside HTTP goes on with the transactions around it. */
  private static void inside(List<FamilyCase> cases) {
    String[] upgraded = {
      "GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
      "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
      "GET /b HTTP/1.1\r\n\r\n",
      "HTTP/1.1 301 Moved\r\nContent-Length: 2\r\n\r\nab"
    };
    cases.add(
        new FamilyCase(
            "the first answer inside completes the request of the upgrade",
            "101, then 301",
            "http",
            Map.of(
                "trans_depth",
                "1",
                "uri",
                "/a",
                "status_code",
                "301",
                "info_code",
                "101",
                "response_body_len",
                "2"),
            tcp(80, upgraded)));
    cases.add(
        new FamilyCase(
            "the request inside is numbered further and waits",
            "101, then 301",
            "http",
            Map.of("trans_depth", "2", "uri", "/b", "status_code", ""),
            tcp(80, upgraded)));
    cases.add(
        new FamilyCase(
            "requests behind CONNECT are numbered further",
            "CONNECT, then GET",
            "http",
            Map.of("trans_depth", "2", "uri", "/b", "status_code", "204"),
            tcp(
                80,
                "CONNECT a:80 HTTP/1.1\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "GET /b HTTP/1.1\r\n\r\n",
                "HTTP/1.1 204 None\r\n\r\n")));
  }

  /** Content whose length only the end tells is counted by lines, each end as two bytes. */
  private static void untilTheEnd(List<FamilyCase> cases) {
    Map<String, String> lengths =
        Map.of(
            "a\r\nb\r\n", "6", "a\nb\n", "6", "a\rb", "6", "abc", "5", "a\r", "3", "a\r\r\n", "5");
    lengths.forEach((content, length) -> cases.add(untilTheEnd("", content, length)));
    cases.add(untilTheEnd("Connection: close\r\n", "a\nb", "3"));
    cases.add(untilTheEnd("Content-Length: 3\r\n", "a\nb", "3"));
  }

  private static FamilyCase untilTheEnd(String header, String content, String length) {
    return new FamilyCase(
        "content up to the end of the connection is counted by lines",
        (header + content).replace("\r", " CR ").replace("\n", " LF "),
        "http",
        Map.of("response_body_len", length),
        FamilyCase.answered(
            80, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n" + header + "\r\n" + content));
  }
}
