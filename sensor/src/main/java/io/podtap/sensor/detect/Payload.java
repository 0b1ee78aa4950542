package io.podtap.sensor.detect;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * Bytes to look at, with bounds that never fail: behind the end there is nothing.
 *
 * @param length bytes at {@code offset}
 */
record Payload(MemorySegment segment, long offset, int length) {

  /** Returns the byte at {@code at}, or -1 behind the end. */
  int u8(int at) {
    return at >= 0 && at < length ? Bytes.u8(segment, offset + at) : -1;
  }

  /** Returns two bytes, or -1 behind the end. */
  int u16(int at) {
    return at >= 0 && at + 2 <= length ? Bytes.u16(segment, offset + at) : -1;
  }

  /** Returns four bytes, or -1 behind the end. */
  long u32(int at) {
    return at >= 0 && at + 4 <= length ? Bytes.u32(segment, offset + at) : -1;
  }

  /** Returns whether {@code text}, in ASCII, stands at {@code at}. */
  boolean has(int at, String text) {
    if (at + text.length() > length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (u8(at + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the payload begins with {@code text}, in either case. */
  boolean begins(String text) {
    return hasIgnoringCase(0, text);
  }

  private boolean hasIgnoringCase(int at, String text) {
    if (at + text.length() > length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.toUpperCase(u8(at + i)) != Character.toUpperCase(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether {@code text} stands in the first line, in either case. */
  boolean firstLineHas(String text) {
    for (int at = 0; at < length && u8(at) != '\n'; at++) {
      if (hasIgnoringCase(at, text)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether {@code text} stands anywhere in the first {@code limit} bytes. */
  boolean contains(String text, int limit) {
    int end = Math.min(limit, length) - text.length();
    for (int at = 0; at <= end; at++) {
      if (has(at, text)) {
        return true;
      }
    }
    return false;
  }
}
