/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;

/**
 * The first line of a request: method, target, version, by Zeek's idea of what passes for one.
 * Filled anew for each.
 *
 * @see "RFC 9112 section 3; RFC 1945 section 4.1"
 */
final class RequestLine {

  /** What the line is. */
  enum Kind {
    REQUEST,
    /** Without a method, though it ends with a version. */
    BAD_WITH_VERSION,
    BAD
  }

  static final String KEYWORD = "HTTP/";

  static final String VERSION_0_9 = "0.9";

  /** What ends a token (RFC 2616 section 2.2). */
  private static final String SEPARATORS = "()<>@,;:\\\"/[]?={}";

  /** HTTP methods have three letters at least. */
  private static final int METHOD_LENGTH_MIN = 3;

  String method = "";
  String uri = "";

  /** {@code 1.1}; {@code 0.0} when it makes no sense; {@code 0.9} when there is none. */
  String version = "";

  boolean uriMissing;

  /** Whether the version's name is not in capitals. */
  boolean isLowercase;

  /** Returns whether the method is one that Zeek knows. */
  boolean isMethodKnown() {
    return switch (method) {
      case "GET",
          "POST",
          "HEAD",
          "OPTIONS",
          "PUT",
          "DELETE",
          "TRACE",
          "CONNECT",
          "PROPFIND",
          "PROPPATCH",
          "MKCOL",
          "COPY",
          "MOVE",
          "LOCK",
          "UNLOCK",
          "POLL",
          "REPORT",
          "SUBSCRIBE",
          "BMOVE",
          "SEARCH",
          "QUERY" ->
          true;
      default -> false;
    };
  }

  /** Reads a line; {@link #version} is set also when a request of version 0.9 is refused. */
  Kind read(Payload line) {
    version = "";
    isLowercase = false;
    int methodEnd = 0;
    while (methodEnd == 0 ? isWordLetter(line.u8(0)) : isMethodLetter(line.u8(methodEnd))) {
      methodEnd++;
    }
    if (methodEnd == 0) {
      return endsWithVersion(line) ? Kind.BAD_WITH_VERSION : Kind.BAD;
    }
    int start = skipBlanks(line, methodEnd);
    if (start == methodEnd || start >= line.length()) {
      return Kind.BAD;
    }
    int versionAt = versionAt(line, start);
    int uriEnd = versionAt < 0 ? line.length() : versionAt;
    while (uriEnd > start && HeaderFields.isBlank(line.u8(uriEnd - 1))) {
      uriEnd--;
    }
    version = versionAt < 0 ? VERSION_0_9 : version(line, versionAt);
    isLowercase = versionAt >= 0 && !line.has(versionAt, KEYWORD);
    if (versionAt < 0 && methodEnd < METHOD_LENGTH_MIN) {
      return Kind.BAD;
    }
    method = line.text(0, methodEnd);
    uriMissing = uriEnd == start;
    uri = line.text(start, uriEnd - start);
    return Kind.REQUEST;
  }

  /**
   * Notes what is weird about a line that is a request.
   *
   * @param answered whether the server has begun to answer one before it
   */
  void noteWeirds(Session session, boolean answered) {
    boolean old = version.equals(VERSION_0_9);
    if (isLowercase) {
      session.weird("lowercase_HTTP_keyword", "");
    }
    if (uriMissing) {
      session.weird("missing_HTTP_uri", "");
    }
    if (old && !method.equals("GET")) {
      session.weird("invalid_http_09_request_method", method);
    }
    if (old && answered) {
      session.weird("http_09_reply_before_request", "");
    }
    if (!isMethodKnown()) {
      session.weird("unknown_HTTP_method", method, /* source= */ "");
    }
  }

  /** Forgets the texts of the line, which may be long; what it says of the version stays. */
  void forget() {
    method = "";
    uri = "";
  }

  /** Returns whether the line looks like a request of version 1. */
  static boolean isLikely(Payload data) {
    int at = 0;
    while (at < 32 && isWordLetter(data.u8(at))) {
      at++;
    }
    return at >= METHOD_LENGTH_MIN && data.u8(at) == ' ' && data.firstLineHas(" HTTP/1.");
  }

  private static boolean isMethodLetter(int c) {
    return c > ' ' && c < 0x7F && SEPARATORS.indexOf(c) < 0;
  }

  /** What a token begins with that is taken for a method. */
  private static boolean isWordLetter(int c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private static int skipBlanks(Payload line, int from) {
    int at = from;
    while (HeaderFields.isBlank(line.u8(at))) {
      at++;
    }
    return at;
  }

  /** Returns where the version's name begins: at the start, or behind a blank; or -1. */
  private static int versionAt(Payload line, int start) {
    int at = start;
    while (at >= 0) {
      if (line.hasIgnoringCase(at, KEYWORD)
          && (at == start || HeaderFields.isBlank(line.u8(at - 1)))) {
        return at;
      }
      int next = line.indexOf('H', at + 1);
      int lowercase = line.indexOf('h', at + 1);
      at = next < 0 || (lowercase >= 0 && lowercase < next) ? lowercase : next;
    }
    return -1;
  }

  private static boolean endsWithVersion(Payload line) {
    int at = line.length() - 8;
    return at > 0
        && HeaderFields.isBlank(line.u8(at - 1))
        && line.hasIgnoringCase(at, KEYWORD)
        && !version(line, at).equals("0.0");
  }

  /** Returns the version that stands behind the name at {@code at}. */
  static String version(Payload line, int at) {
    int major = line.u8(at + 5) - '0';
    int minor = line.u8(at + 7) - '0';
    if (major < 0 || major > 9 || minor < 0 || minor > 9 || line.u8(at + 6) != '.') {
      return "0.0";
    }
    if (major == 1) {
      return minor == 1 ? "1.1" : minor == 0 ? "1.0" : "1." + minor;
    }
    return major + "." + minor;
  }
}
