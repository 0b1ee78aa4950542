package io.podtap.sensor.parse;

import io.podtap.core.packet.Bytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Bytes to look at, with bounds that never fail: behind the end there is nothing, which reads as
 * -1. Positions count from the first byte that is left; {@link #skip} moves it.
 *
 * <p>A view, valid during the call that hands it over; {@link #wrap} makes it one of other bytes.
 * One thread.
 */
public final class Payload {

  private MemorySegment segment = MemorySegment.NULL;
  private long offset;
  private int length;

  /** Makes an empty view. */
  public Payload() {}

  /** Makes a view of {@code length} bytes at {@code offset}. */
  public Payload(MemorySegment segment, long offset, int length) {
    wrap(segment, offset, length);
  }

  /** Makes this a view of {@code length} bytes at {@code offset}. */
  public Payload wrap(MemorySegment segment, long offset, int length) {
    this.segment = segment;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /**
   * Makes this a view of {@code count} bytes of another from {@code at} on, or of what is there.
   */
  public Payload wrap(Payload other, int at, int count) {
    int from = Math.clamp(at, 0, other.length);
    return wrap(other.segment, other.offset + from, Math.clamp(count, 0, other.length - from));
  }

  /** Returns how many bytes are left. */
  public int length() {
    return length;
  }

  /** Returns whether nothing is left. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** Returns where the bytes are. */
  public MemorySegment segment() {
    return segment;
  }

  /** Returns where in {@link #segment} they begin. */
  public long offset() {
    return offset;
  }

  /** Leaves the first {@code count} bytes behind, or as many as there are. */
  public void skip(int count) {
    int skipped = Math.clamp(count, 0, length);
    offset += skipped;
    length -= skipped;
  }

  /** Returns the byte at {@code at}, or -1 behind the end. */
  public int u8(int at) {
    return at >= 0 && at < length ? Bytes.u8(segment, offset + at) : -1;
  }

  /** Returns two bytes, the most significant first, or -1 behind the end. */
  public int u16(int at) {
    return at >= 0 && at <= length - 2 ? Bytes.u16(segment, offset + at) : -1;
  }

  /** Returns three bytes, the most significant first, or -1 behind the end. */
  public int u24(int at) {
    return at >= 0 && at <= length - 3 ? Bytes.u24(segment, offset + at) : -1;
  }

  /** Returns four bytes, the most significant first, or -1 behind the end. */
  public long u32(int at) {
    return at >= 0 && at <= length - 4 ? Bytes.u32(segment, offset + at) : -1;
  }

  /** Returns where {@code wanted} stands first at or behind {@code from}, or -1. */
  public int indexOf(int wanted, int from) {
    for (int at = Math.max(0, from); at < length; at++) {
      if (Bytes.u8(segment, offset + at) == wanted) {
        return at;
      }
    }
    return -1;
  }

  /** Returns whether {@code text}, in ASCII, stands at {@code at}. */
  public boolean has(int at, String text) {
    if (at < 0 || at > length - text.length()) {
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
  public boolean begins(String text) {
    return hasIgnoringCase(0, text);
  }

  /** Returns whether {@code text}, in ASCII and in either case, stands at {@code at}. */
  public boolean hasIgnoringCase(int at, String text) {
    if (at < 0 || at > length - text.length()) {
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
  public boolean firstLineHas(String text) {
    for (int at = 0; at < length && u8(at) != '\n'; at++) {
      if (hasIgnoringCase(at, text)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether {@code text} stands anywhere in the first {@code limit} bytes. */
  public boolean contains(String text, int limit) {
    int end = Math.min(limit, length) - text.length();
    for (int at = 0; at <= end; at++) {
      if (has(at, text)) {
        return true;
      }
    }
    return false;
  }

  /** Copies {@code count} bytes from {@code at} on; they must be there. */
  public void copyTo(int at, byte[] target, int targetOffset, int count) {
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset + at, target, targetOffset, count);
  }

  /** Returns a copy of {@code count} bytes from {@code at} on, or of what is there. */
  public byte[] copy(int at, int count) {
    int from = Math.clamp(at, 0, length);
    byte[] copy = new byte[Math.clamp(count, 0, length - from)];
    copyTo(from, copy, 0, copy.length);
    return copy;
  }

  /**
   * Returns {@code count} bytes from {@code at} on, or what is there, as text of one character a
   * byte: {@link io.podtap.sensor.log.LineBuffer#latin1} writes the same bytes again.
   */
  public String text(int at, int count) {
    return new String(copy(at, count), StandardCharsets.ISO_8859_1);
  }
}
