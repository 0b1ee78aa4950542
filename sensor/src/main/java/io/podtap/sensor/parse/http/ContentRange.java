package io.podtap.sensor.parse.http;

import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.parse.Session;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a file an answer of status 206 holds.
 *
 * @param name what is the same for all parts of the file, for one client
 * @param first where the part begins, or -1 when the head makes no sense
 * @param totalBytes length of the whole file, or -1
 * @see "RFC 9110 section 14.4"
 */
record ContentRange(String name, long first, long totalBytes) {

  private static final int PARTIAL_CONTENT = 206;

  /** Returns whether the part's place is known. */
  boolean isUsable() {
    return first >= 0;
  }

  /** Returns the range of an answer, or null when it has none. */
  static @Nullable ContentRange of(
      Session session, HttpTransaction transaction, HeaderFields headers) {
    if (transaction.status != PARTIAL_CONTENT || !headers.has(HttpHeader.CONTENT_RANGE)) {
      return null;
    }
    String text = headers.get(HttpHeader.CONTENT_RANGE);
    String range = text.startsWith("bytes") ? text.substring(5).strip() : text;
    int dash = range.indexOf('-');
    int slash = range.indexOf('/');
    if (dash < 1 || slash < dash || !isNumber(range.substring(0, dash))) {
      session.weird("HTTP_content_range_cannot_parse", range);
      return new ContentRange("", -1, -1);
    }
    String lastText = range.substring(dash + 1, slash);
    long first = HeaderFields.unsigned(range);
    long last = HeaderFields.unsigned(lastText);
    if (!isNumber(lastText)) {
      session.weird("HTTP_content_range_invalid", range);
      return new ContentRange("", -1, -1);
    }
    if (first < 0 || last < 0) {
      session.weird("HTTP_content_range_overflow", range);
      return new ContentRange("", -1, -1);
    }
    if (last < first) {
      session.weird("HTTP_non_positive_content_range", range);
      return new ContentRange("", -1, -1);
    }
    LineBuffer name = new LineBuffer(128);
    name.address(session.flow().originatorHigh(), session.flow().originatorLow()).put(' ');
    name.put(transaction.host + transaction.uri);
    return new ContentRange(
        name.toString(), first, HeaderFields.unsigned(range.substring(slash + 1)));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
