/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smb;

import io.podtap.sensor.parse.Gather;
import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Resynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one end: the beginning of each is put together, of the rest what is followed goes
 * on as it comes. One thread.
 */
final class Frames {

  /** Bytes of a message that are looked at together. */
  private static final int HEAD_MAX = 8 << 10;

  private static final int FRAME_HEADER = 4;

  /** The longest message there is: 24 bits of length. */
  private static final int LENGTH_MAX = (1 << 24) - 1;

  /** Where followed bytes go. */
  interface Target {
    void take(long offset, Payload data);
  }

  private final Gather gather;

  /** Finds the next message after a gap. */
  final Resynchronizer again;

  private final Payload part = new Payload();
  private int headLength;
  private boolean other;
  private long rest;
  private long later;
  private @Nullable Target target;
  private long skipped;
  private long wanted;
  private long given;

  Frames(HeapAccount account) {
    gather = new Gather(HEAD_MAX, account);
    again = new Resynchronizer(Frames::messageBytes, /* isTelling= */ true, account);
  }

  /** Recognises the length of a message by what stands behind it. */
  private static long messageBytes(Payload data, int at) {
    if (data.u8(at) != 0) {
      return Resynchronizer.NONE;
    }
    if (at > data.length() - FRAME_HEADER - 4) {
      return Resynchronizer.MORE;
    }
    int first = data.u8(at + FRAME_HEADER);
    int length = data.u24(at + 1);
    boolean isMessage =
        first >= 0xFC
            && data.has(at + FRAME_HEADER + 1, "SMB")
            && length >= Smb1Messages.HEADER
            && length <= LENGTH_MAX;
    return isMessage ? FRAME_HEADER + length : Resynchronizer.NONE;
  }

  /** Returns the beginning of the next message, or null when there is none yet. */
  @Nullable Payload next(Payload data) {
    if (rest > 0) {
      int count = (int) Math.min(rest, data.length());
      pass(part.wrap(data, 0, count));
      data.skip(count);
      rest -= count;
      return null;
    }
    if (headLength == 0) {
      Payload header = gather.take(data, FRAME_HEADER);
      if (header != null) {
        int length = header.u24(1);
        other = header.u8(0) != 0;
        headLength = Math.min(length, HEAD_MAX);
        rest = 0;
        later = (long) length - headLength;
        target = null;
      }
      return null;
    }
    Payload head = gather.take(data, headLength);
    if (head != null) {
      headLength = 0;
      rest = later;
    }
    return head;
  }

  /** Returns whether the message at hand is one of NetBIOS alone. */
  boolean isOther() {
    return other;
  }

  /** Hands on {@code length} bytes from {@code at} on: of the head, then of what follows it. */
  void follow(Payload message, int at, long length, Target to) {
    target = to;
    wanted = length;
    given = 0;
    skipped = Math.max(0, at - message.length());
    pass(part.wrap(message, at, message.length()));
  }

  private void pass(Payload data) {
    Target to = target;
    int skip = (int) Math.min(skipped, data.length());
    skipped -= skip;
    data.skip(skip);
    int count = (int) Math.min(wanted - given, data.length());
    if (to != null && count > 0) {
      long offset = given;
      given += count;
      to.take(offset, new Payload().wrap(data, 0, count));
    }
  }

  /** Leaves out bytes that never come; seeks the next message when one may begin in them. */
  void gap(long length) {
    if (length > rest) {
      gather.clear();
      headLength = 0;
      rest = 0;
      target = null;
      again.begin();
      return;
    }
    rest -= length;
    long skip = Math.min(skipped, length);
    skipped -= skip;
    given = Math.min(wanted, given + length - skip);
  }
}
