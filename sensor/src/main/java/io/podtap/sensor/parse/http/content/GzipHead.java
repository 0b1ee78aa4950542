/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.content;

import io.podtap.sensor.parse.Payload;

/**
 * Steps over the header of a gzip member, however it is cut. One thread.
 *
 * @see "RFC 1952 section 2.3"
 */
public final class GzipHead {

  private static final int FIXED_LENGTH = 10;
  private static final int FLAG_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  private enum Step {
    FIXED,
    EXTRA_LENGTH,
    EXTRA,
    NAME,
    COMMENT,
    CRC,
    DONE
  }

  private Step step = Step.FIXED;
  private int position;
  private int flags;
  private int extraLength;

  /** Moves {@code data} behind what is left of the header; returns whether it has ended. */
  boolean skip(Payload data) {
    while (step != Step.DONE && !data.isEmpty()) {
      take(data.u8(0));
      data.skip(1);
    }
    return step == Step.DONE;
  }

  private void take(int c) {
    position++;
    switch (step) {
      case FIXED -> {
        if (position == 4) {
          flags = c;
        }
        if (position == FIXED_LENGTH) {
          next(Step.EXTRA_LENGTH);
        }
      }
      case EXTRA_LENGTH -> {
        extraLength |= c << (8 * (position - 1));
        if (position == 2) {
          next(extraLength == 0 ? Step.NAME : Step.EXTRA);
        }
      }
      case EXTRA -> {
        if (position == extraLength) {
          next(Step.NAME);
        }
      }
      case NAME -> {
        if (c == 0) {
          next(Step.COMMENT);
        }
      }
      case COMMENT -> {
        if (c == 0) {
          next(Step.CRC);
        }
      }
      case CRC -> {
        if (position == 2) {
          next(Step.DONE);
        }
      }
      case DONE -> {}
    }
  }

  /** Goes on with {@code wanted}, or behind it when the flags say that it is not there. */
  private void next(Step wanted) {
    step = wanted;
    position = 0;
    if (step == Step.EXTRA_LENGTH && (flags & FLAG_EXTRA) == 0) {
      step = Step.NAME;
    }
    if (step == Step.NAME && (flags & FLAG_NAME) == 0) {
      step = Step.COMMENT;
    }
    if (step == Step.COMMENT && (flags & FLAG_COMMENT) == 0) {
      step = Step.CRC;
    }
    if (step == Step.CRC && (flags & FLAG_CRC) == 0) {
      step = Step.DONE;
    }
  }
}
