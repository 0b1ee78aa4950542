/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a file an answer of status 206 holds.
 *
 * @param name what is the same for all parts of the file, for one client
 * @param first where the part begins, or -1 when the head makes no sense
 * @param length bytes of the part, or -1
 * @param totalBytes length of the whole file, or -1
 * @see "RFC 9110 section 14.4"
 */
record ContentRange(String name, long first, long length, long totalBytes) {

  private static final int PARTIAL_CONTENT = 206;
  private static final ContentRange UNUSABLE = new ContentRange("", -1, -1, -1);

  /** Returns whether the part's place is known. */
  boolean isUsable() {
    return first >= 0;
  }

  /** Returns the range of an answer, or null when it has none; notes what is weird about it. */
  static @Nullable ContentRange of(
      Session session, HttpTransaction transaction, HeaderFields headers) {
    if (transaction.status != PARTIAL_CONTENT || !headers.has(HttpHeader.CONTENT_RANGE)) {
      return null;
    }
    String text = headers.get(HttpHeader.CONTENT_RANGE);
    String unit = BodyLength.token(text);
    if (!unit.equals("bytes")) {
      return refuse(session, "HTTP_content_range_unknown_byte_unit", "");
    }
    String range = text.substring(unit.length()).replace(" ", "").strip();
    int slash = range.indexOf('/');
    int dash = range.indexOf('-');
    if (slash < 0 || dash < 0 || dash > slash) {
      return refuse(session, "HTTP_content_range_cannot_parse", "");
    }
    long first = NumberText.read(range.substring(0, dash), 10);
    long last = NumberText.read(range.substring(dash + 1, slash), 10);
    if (first == NumberText.NONE || last == NumberText.NONE) {
      return refuse(session, "HTTP_content_range_cannot_parse", range);
    }
    if (first < 0 || last < 0) {
      return refuse(session, "HTTP_content_range_invalid", range);
    }
    if (last < first) {
      return refuse(session, "HTTP_non_positive_content_range", range);
    }
    if (last - first == Long.MAX_VALUE) {
      return refuse(session, "HTTP_content_range_overflow", range);
    }
    String total = range.substring(slash + 1);
    long totalBytes = total.equals("*") ? -1 : NumberText.read(total, 10);
    if (totalBytes == NumberText.NONE) {
      session.weird("HTTP_content_range_invalid_instance", range);
    }
    LineBuffer name = new LineBuffer(128);
    name.address(session.flow().originatorHigh(), session.flow().originatorLow()).put(' ');
    name.put(transaction.host + transaction.uri);
    return new ContentRange(
        name.toString(), first, last - first + 1, totalBytes < 0 ? -1 : totalBytes);
  }

  private static ContentRange refuse(Session session, String weird, String detail) {
    session.weird(weird, detail);
    return UNUSABLE;
  }
}
