/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct msghdr}, {@code struct mmsghdr}, {@code struct iovec}, {@code struct cmsghdr} of
 * 64-bit Linux, all in host order.
 *
 * <pre>
 * msghdr : name:64 nameLength:32 pad:32 vectors:64 vectorCount:64 control:64 controlLength:64 flags:32 pad:32
 * mmsghdr: msghdr, length:32 pad:32          iovec: base:64 length:64
 * cmsghdr: length:64 level:32 type:32, then data, padded to eight bytes
 * </pre>
 */
final class MessageHeaders {

  static final int MESSAGE_LENGTH = 56;
  static final int MESSAGE_NAME = 0;
  static final int MESSAGE_NAME_LENGTH = 8;
  static final int MESSAGE_VECTORS = 16;
  static final int MESSAGE_VECTOR_COUNT = 24;
  static final int MESSAGE_CONTROL = 32;
  static final int MESSAGE_CONTROL_LENGTH = 40;
  static final int MESSAGE_FLAGS = 48;

  /** Of {@code mmsghdr}: what the kernel sent or received. */
  static final int BATCH_MESSAGE_RESULT = 56;

  static final int BATCH_MESSAGE_LENGTH = 64;

  static final int VECTOR_LENGTH = 16;
  static final int VECTOR_BASE = 0;
  static final int VECTOR_BYTES = 8;

  static final int CONTROL_HEADER_LENGTH = 16;
  static final int CONTROL_LEVEL = 8;
  static final int CONTROL_TYPE = 12;

  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_MORE = 0x8000;

  private MessageHeaders() {}

  /** Points a message at one vector. */
  static void vectors(MemorySegment segment, long message, long vectorAddress) {
    vectors(segment, message, vectorAddress, 1);
  }

  /** Points a message at vectors that stand one behind another. */
  static void vectors(MemorySegment segment, long message, long vectorAddress, int count) {
    segment.set(JAVA_LONG_UNALIGNED, message + MESSAGE_VECTORS, vectorAddress);
    segment.set(JAVA_LONG_UNALIGNED, message + MESSAGE_VECTOR_COUNT, count);
  }

  /** Points a vector at bytes. */
  static void vector(MemorySegment segment, long vector, long base, long length) {
    segment.set(JAVA_LONG_UNALIGNED, vector + VECTOR_BASE, base);
    segment.set(JAVA_LONG_UNALIGNED, vector + VECTOR_BYTES, length);
  }

  /** Points a message at control bytes; a length of 0 means none. */
  static void control(MemorySegment segment, long message, long address, long length) {
    segment.set(JAVA_LONG_UNALIGNED, message + MESSAGE_CONTROL, address);
    segment.set(JAVA_LONG_UNALIGNED, message + MESSAGE_CONTROL_LENGTH, length);
  }

  /** Writes a control header in front of {@code dataLength} bytes of data. */
  static void controlHeader(
      MemorySegment segment, long control, int dataLength, int level, int type) {
    segment.set(JAVA_LONG_UNALIGNED, control, CONTROL_HEADER_LENGTH + dataLength);
    segment.set(JAVA_INT_UNALIGNED, control + CONTROL_LEVEL, level);
    segment.set(JAVA_INT_UNALIGNED, control + CONTROL_TYPE, type);
  }
}
