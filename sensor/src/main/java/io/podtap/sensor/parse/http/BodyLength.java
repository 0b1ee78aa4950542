/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Session;

/**
 * How long the content of a message is, by its head, and what is weird about that: a length that is
 * no number, two that differ, chunks as well as a length. Filled for each message. One thread.
 *
 * @see "RFC 9112 section 6; RFC 9110 sections 10.1.1 and 14.4; Zeek's HTTP_Entity"
 */
final class BodyLength {

  /** Bytes of a head from which on it is too large. */
  private static final long HEAD_BYTES_MAX = 65_536;

  private final Session session;
  private boolean chunked;
  private long length;

  BodyLength(Session session) {
    this.session = session;
  }

  /**
   * Reads a head that is complete.
   *
   * @param transaction whose answer the head is; its status counts for a part of a file
   * @param ofRequest whether it is a request's
   * @param version of the message: before 1.1 there are no chunks
   */
  void read(HeaderFields headers, HttpTransaction transaction, boolean ofRequest, String version) {
    length = -1;
    chunked =
        headers.mentions(HttpHeader.TRANSFER_ENCODING, "chunked")
            && !version.equals("1.0")
            && !version.equals(RequestLine.VERSION_0_9);
    if (headers.foldedName() != null) {
      session.weird("HTTP_obsolete_line_folding", headers.foldedName());
    }
    if (headers.bytes() > HEAD_BYTES_MAX) {
      session.weird("exceeded_mime_max_header_bytes", headers.bytes() + " > " + HEAD_BYTES_MAX);
    }
    if (headers.has(HttpHeader.CONTENT_LENGTH)) {
      length = contentLength(token(headers.get(HttpHeader.CONTENT_LENGTH)));
    }
    if (!ofRequest) {
      range(headers, transaction);
    }
    if (chunked) {
      String rest = rest(headers.get(HttpHeader.TRANSFER_ENCODING));
      if (!rest.isEmpty() && token(headers.get(HttpHeader.TRANSFER_ENCODING)).length() == 7) {
        session.weird("HTTP_chunked_multi", rest);
      }
      if (length >= 0) {
        session.weird("HTTP_content_length_and_chunked", "");
      }
    }
    expect(headers);
    if (chunked && (!headers.boundary().isEmpty() || Multipart.isMessage(headers))) {
      session.weird("HTTP_chunked_transfer_for_multipart_message", "");
    }
  }

  private long contentLength(String token) {
    if (token.isEmpty()) {
      return -1;
    }
    long value = NumberText.read(token, 10);
    if (value < 0) {
      session.weird("HTTP_bad_content_length", token);
      return 0;
    }
    if (value > 0 && token.charAt(0) == '0') {
      session.weird("HTTP_content_length_leading_zeros", token);
    }
    return value;
  }

  /** A part of a file is as long as its range, or as the head says, whatever is longer. */
  private void range(HeaderFields headers, HttpTransaction transaction) {
    ContentRange range = ContentRange.of(session, transaction, headers);
    if (range == null) {
      return;
    }
    if (chunked && headers.isRangeBehindEncoding()) {
      session.weird("HTTP_content_range_and_chunked", "");
      return;
    }
    if (!range.isUsable()) {
      return;
    }
    if (length > 0 && length != range.length()) {
      session.weird("HTTP_range_not_matching_len", "");
    }
    length = Math.max(length, range.length());
  }

  private void expect(HeaderFields headers) {
    if (!headers.has(HttpHeader.EXPECT)) {
      return;
    }
    String token = token(headers.get(HttpHeader.EXPECT));
    if (!token.equalsIgnoreCase("100-continue")) {
      session.weird("HTTP_expect_not_100_continue", token);
    }
    if (length == 0) {
      session.weird("HTTP_content_length_0_and_expect_100_cont", "");
    }
  }

  /** Returns the first token of a value: up to a blank or a separator (RFC 9110 section 5.6.2). */
  static String token(String value) {
    int end = 0;
    while (end < value.length() && " \t()<>@,;:\\\"/[]?=".indexOf(value.charAt(end)) < 0) {
      end++;
    }
    return value.substring(0, end);
  }

  private static String rest(String value) {
    return value.substring(token(value).length()).strip();
  }

  /** Returns whether the content comes in chunks. */
  boolean isChunked() {
    return chunked;
  }

  /** Returns the content's length, or -1 where the head does not say. */
  long length() {
    return length;
  }
}
