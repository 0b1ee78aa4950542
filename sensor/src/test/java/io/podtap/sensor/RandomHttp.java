/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static io.podtap.sensor.Octets.sevenBits;
import static io.podtap.sensor.Octets.u24;
import static io.podtap.sensor.Octets.u32;
import static io.podtap.sensor.Octets.u8;
import static io.podtap.sensor.Octets.zeros;

/** Random conversations of HTTP/1.1 (RFC 9112) and HTTP/2 (RFC 9113, RFC 7541). */
final class RandomHttp {

  private static final int HEADERS = 1;
  private static final int DATA = 0;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  private RandomHttp() {}

  /** Methods of all kinds, several requests in a row, contents by length and in chunks. */
  static void http1(RandomTalk talk) {
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      int depth = talk.oneIn(4) ? 1 + talk.below(4) : 1;
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int k = 0; k < depth; k++) {
        String method = talk.pick("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");
        boolean hasContent = method.startsWith("P");
        asked.append(
            "%s /%s/%d.%d?q=%s HTTP/1.1\r\n".formatted(method, talk.word(), i, k, talk.word()));
        asked.append("Host: %s.example\r\nUser-Agent: agent/%d\r\n".formatted(talk.word(), i));
        asked.append("Cookie: " + talk.word().repeat(talk.below(20)) + "\r\n");
        asked.append(hasContent ? content(talk, talk.content()) : "\r\n");
        if (talk.oneIn(9) && depth == 1 && hasContent) {
          answered.append("HTTP/1.1 100 Continue\r\n\r\n");
        }
        int status = talk.pick(200, 201, 204, 304, 404, 500, 302);
        answered.append("HTTP/1.1 %d R%d\r\nServer: x\r\n".formatted(status, i));
        answered.append("Content-Type: application/octet-stream\r\n");
        if (status == 204 || status == 304) {
          answered.append("\r\n");
        } else if (method.equals("HEAD")) {
          answered.append("Content-Length: 55\r\n\r\n");
        } else {
          answered.append(content(talk, talk.content()));
        }
      }
      talk.client(asked).server(answered);
    }
  }

  private static String content(RandomTalk talk, String content) {
    if (talk.oneIn(2)) {
      return "Content-Length: %d\r\n\r\n".formatted(content.length()) + content;
    }
    StringBuilder all = new StringBuilder("Transfer-Encoding: chunked\r\n\r\n");
    int at = 0;
    while (at < content.length()) {
      int length = Math.min(content.length() - at, 1 + talk.below(1_500));
      all.append(Integer.toHexString(length)).append("\r\n");
      all.append(content, at, at + length).append("\r\n");
      at += length;
    }
    return all.append("0\r\n\r\n").toString();
  }

  /**
   * Streams side by side; header blocks with padding, priorities, continuations and entries that
   * are added to the table and used again; contents in several frames, trailers, pings, windows.
   */
  static void http2(RandomTalk talk) {
    talk.exchange();
    String settings = frame(SETTINGS, 0, 0, "\0\3\0\0\0\144");
    talk.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings);
    talk.server(frame(SETTINGS, 0, 0, "") + frame(SETTINGS, 1, 0, ""));
    int stream = 1;
    int added = 0;
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      StringBuilder asked = new StringBuilder();
      StringBuilder answered = new StringBuilder();
      for (int left = 1 + talk.below(3); left > 0; left--) {
        boolean hasContent = talk.oneIn(2);
        String path = "\4" + string("/" + talk.word() + "/" + stream);
        String head = (hasContent ? "\u0083" : "\u0082") + "\u0086" + path;
        if (added > 0 && talk.oneIn(2)) {
          head += u8(0x80 | 61 + added); // the authority that was added first
        } else {
          boolean isAdded = talk.oneIn(2) && added < 20;
          added += isAdded ? 1 : 0;
          head += (isAdded ? "\101" : "\1") + string(added <= 1 ? "first.example" : "svc.example");
        }
        head += talk.oneIn(2) ? "\20" + string("x-long") + string(talk.line()) : "";
        headers(talk, asked, stream, head, hasContent ? 0 : END_STREAM);
        if (hasContent) {
          data(talk, asked, stream, talk.content(), END_STREAM);
        }
        String type = talk.oneIn(2) ? "\17\20" + string("application/json") : "";
        headers(
            talk, answered, stream, talk.pick("\u0088", "\u0089", "\u008d", "\u008e") + type, 0);
        boolean hasTrailer = talk.oneIn(3);
        data(talk, answered, stream, talk.content(), hasTrailer ? 0 : END_STREAM);
        if (hasTrailer) {
          String trailer = "\0" + string("grpc-status") + string("0");
          answered.append(frame(HEADERS, END_HEADERS | END_STREAM, stream, trailer));
        }
        answered.append(talk.oneIn(6) ? frame(PING, 0, 0, "12345678") : "");
        answered.append(talk.oneIn(6) ? frame(WINDOW_UPDATE, 0, 0, u32(1_000)) : "");
        stream += 2;
      }
      asked.append(talk.oneIn(5) ? frame(PING, 1, 0, "12345678") : "");
      talk.client(asked).server(answered);
    }
  }

  static String frame(int type, int flags, int stream, String content) {
    return u24(content.length()) + u8(type) + u8(flags) + u32(stream) + content;
  }

  static String string(String text) {
    int length = text.length();
    return (length < 127 ? u8(length) : u8(127) + sevenBits(length - 127)) + text;
  }

  private static void headers(
      RandomTalk talk, StringBuilder all, int stream, String block, int flags) {
    int padding = talk.oneIn(4) ? 1 + talk.below(20) : 0;
    boolean goesOn = talk.oneIn(4);
    boolean hasPriority = talk.oneIn(5);
    int cut = goesOn ? block.length() / 2 : block.length();
    int allFlags =
        flags
            | (goesOn ? 0 : END_HEADERS)
            | (padding > 0 ? PADDED : 0)
            | (hasPriority ? PRIORITY : 0);
    all.append(
        frame(
            HEADERS,
            allFlags,
            stream,
            (padding > 0 ? u8(padding) : "")
                + (hasPriority ? u32(0) + "\20" : "")
                + block.substring(0, cut)
                + zeros(padding)));
    if (goesOn) {
      all.append(frame(CONTINUATION, END_HEADERS, stream, block.substring(cut)));
    }
  }

  private static void data(
      RandomTalk talk, StringBuilder all, int stream, String content, int flags) {
    int max = talk.pick(16_384, 1_000);
    int at = 0;
    do {
      int length = Math.min(max, content.length() - at);
      int padding = talk.oneIn(6) ? talk.below(30) : -1;
      boolean isLast = at + length == content.length();
      all.append(
          frame(
              DATA,
              (isLast ? flags : 0) | (padding < 0 ? 0 : PADDED),
              stream,
              (padding < 0 ? "" : u8(padding))
                  + content.substring(at, at + length)
                  + zeros(Math.max(0, padding))));
      at += length;
    } while (at < content.length());
  }
}
