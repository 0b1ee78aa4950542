/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.postgresql;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Finds the messages of one end: a type, a length that counts itself, a content. Of a long content
 * only the beginning is kept, of one that nobody wants nothing.
 */
final class PostgresqlMessageReader {

  static final int CONTENT_BYTES_MAX = 16 << 10;

  private static final int HEADER_LENGTH = 5;
  private static final int LENGTH_MAX = 1 << 30;

  private final String wanted;
  private final Gather gather;
  private int type = -1;

  /** Bytes of the content to be kept; -1 before a message. */
  private int kept = -1;

  /** Bytes of the content behind those. */
  private int rest;

  /** Bytes of the last content that are still to come, and wanted by nobody. */
  private int passedOver;

  private boolean failed;

  /** Whether the end of the content given last is missing. */
  private boolean isCut;

  /**
   * @param wanted types whose content is
   */
  PostgresqlMessageReader(String wanted, HeapAccount account) {
    this.wanted = wanted;
    this.gather = new Gather(CONTENT_BYTES_MAX, account);
  }

  /** Takes what stands before the next zero. */
  static String text(Payload data) {
    int zero = data.indexOf(0, 0);
    int end = zero < 0 ? data.length() : zero;
    String text = data.text(0, end);
    data.skip(end + 1);
    return text;
  }

  /** Returns whether the end of the content given last is missing. */
  boolean isCut() {
    return isCut;
  }

  /** Marks a text whose end is missing. */
  String marked(String text) {
    return isCut ? text + "..." : text;
  }

  /** Gives direct access to what comes before the first message. */
  Gather gather() {
    return gather;
  }

  /** Returns the type of the last message taken. */
  int type() {
    return type;
  }

  /** Returns whether what came is no message. */
  boolean hasFailed() {
    return failed;
  }

  /** Takes the next message; returns its content, or null when more must come. */
  @Nullable Payload take(Payload data) {
    int skipped = Math.min(passedOver, data.length());
    data.skip(skipped);
    passedOver -= skipped;
    if (passedOver > 0) {
      return null;
    }
    if (kept < 0) {
      Payload head = gather.take(data, HEADER_LENGTH);
      if (head == null) {
        return null;
      }
      long length = head.u32(1);
      if (length < 4 || length > LENGTH_MAX) {
        failed = true;
        return null;
      }
      type = head.u8(0);
      int content = (int) length - 4;
      kept = wanted.indexOf(type) < 0 ? 0 : Math.min(content, CONTENT_BYTES_MAX);
      rest = content - kept;
    }
    Payload message = gather.take(data, kept);
    if (message != null) {
      isCut = false;
      kept = -1;
      passedOver = rest;
    }
    return message;
  }

  /** Returns bytes of the message at hand that have not come, 0 between messages. */
  long left() {
    return passedOver + (kept < 0 ? 0 : kept - gather.held() + (long) rest);
  }

  /**
   * Leaves out bytes that are missing: at most {@link #left}.
   *
   * @return what there is of a content that is wanted, or null when none is at hand
   */
  @Nullable Payload gap(long length) {
    long left = left() - length;
    Payload there = null;
    if (kept >= 0) {
      Payload held = gather.waiting();
      there = new Payload(held.copy(0, held.length()));
      gather.clear();
      kept = -1;
      isCut = true;
    }
    passedOver = (int) left;
    return there;
  }

  /** Forgets the message at hand. */
  void reset() {
    gather.clear();
    kept = -1;
    passedOver = 0;
    failed = false;
  }
}
