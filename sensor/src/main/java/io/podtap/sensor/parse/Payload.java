/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse;

import io.podtap.sensor.log.EightBytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Bytes to look at, with bounds that never fail: behind the end there is nothing, which reads as
 * -1. Positions count from the first byte that is left; {@link #skip} moves it.
 *
 * <p>A view of an array, valid during the call that hands it over; {@link #wrap} makes it one of
 * other bytes. Parsers read single bytes more than anything else, and those of an array are one
 * bounds check away, where a segment's are a dozen calls that the compiler must see through at
 * every place. One thread.
 */
public final class Payload {

  private static final byte[] NOTHING = new byte[0];

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = NOTHING;
  private int offset;
  private int length;

  /** Makes an empty view. */
  public Payload() {}

  /** Makes a view of all bytes of an array. */
  public Payload(byte[] bytes) {
    wrap(bytes, 0, bytes.length);
  }

  /** Makes a view of {@code length} bytes at {@code offset}. */
  public Payload(byte[] bytes, int offset, int length) {
    wrap(bytes, offset, length);
  }

  /** Makes this a view of {@code length} bytes at {@code offset}; they must be there. */
  public Payload wrap(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /**
   * Makes this a view of {@code count} bytes of another from {@code at} on, or of what is there.
   */
  public Payload wrap(Payload other, int at, int count) {
    int from = Math.clamp(at, 0, other.length);
    return wrap(other.bytes, other.offset + from, Math.clamp(count, 0, other.length - from));
  }

  /** Returns how many bytes are left. */
  public int length() {
    return length;
  }

  /** Returns whether nothing is left. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** Leaves the first {@code count} bytes behind, or as many as there are. */
  public void skip(int count) {
    int skipped = Math.clamp(count, 0, length);
    offset += skipped;
    length -= skipped;
  }

  /** Returns the byte at {@code at}, or -1 behind the end. */
  public int u8(int at) {
    return at >= 0 && at < length ? bytes[offset + at] & 0xFF : -1;
  }

  /** Returns two bytes, the most significant first, or -1 behind the end. */
  public int u16(int at) {
    return at >= 0 && at <= length - 2 ? (short) SHORT.get(bytes, offset + at) & 0xFFFF : -1;
  }

  /** Returns three bytes, the most significant first, or -1 behind the end. */
  public int u24(int at) {
    return at >= 0 && at <= length - 3 ? u8(at) << 16 | u16(at + 1) : -1;
  }

  /** Returns four bytes, the most significant first, or -1 behind the end. */
  public long u32(int at) {
    return at >= 0 && at <= length - 4 ? (int) INT.get(bytes, offset + at) & 0xFFFF_FFFFL : -1;
  }

  /** Returns two bytes, the least significant first, or -1 behind the end. */
  public int u16Little(int at) {
    return at >= 0 && at <= length - 2
        ? Short.reverseBytes((short) SHORT.get(bytes, offset + at)) & 0xFFFF
        : -1;
  }

  /** Returns four bytes, the least significant first, or -1 behind the end. */
  public long u32Little(int at) {
    return at >= 0 && at <= length - 4
        ? Integer.reverseBytes((int) INT.get(bytes, offset + at)) & 0xFFFF_FFFFL
        : -1;
  }

  /** Returns eight bytes, the least significant first; 0 behind the end. */
  public long u64Little(int at) {
    return at >= 0 && at <= length - 8 ? u32Little(at) | u32Little(at + 4) << 32 : 0;
  }

  /** Returns where {@code wanted} stands first at or behind {@code from}, or -1. */
  public int indexOf(int wanted, int from) {
    int at = Math.max(0, from);
    long pattern = EightBytes.of(wanted);
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      long found = EightBytes.equal(EightBytes.at(bytes, offset + at), pattern);
      if (found != 0) {
        return at + EightBytes.first(found);
      }
    }
    for (; at < length; at++) {
      if ((bytes[offset + at] & 0xFF) == wanted) {
        return at;
      }
    }
    return -1;
  }

  /**
   * Returns where a byte stands first at or behind {@code from} that is wanted, or -1.
   *
   * @param wanted for each of the 256 bytes 1 where it is, else 0
   */
  public int indexOfAny(byte[] wanted, int from) {
    int at = offset + Math.max(0, from);
    int end = offset + length;
    while (at <= end - 4
        && (wanted[bytes[at] & 0xFF]
                | wanted[bytes[at + 1] & 0xFF]
                | wanted[bytes[at + 2] & 0xFF]
                | wanted[bytes[at + 3] & 0xFF])
            == 0) {
      at += 4;
    }
    for (; at < end; at++) {
      if (wanted[bytes[at] & 0xFF] != 0) {
        return at - offset;
      }
    }
    return -1;
  }

  /** Returns where {@code text}, in ASCII, stands first at or behind {@code from}, or -1. */
  public int indexOf(String text, int from) {
    int at = indexOf(text.charAt(0), from);
    while (at >= 0 && !has(at, text)) {
      at = indexOf(text.charAt(0), at + 1);
    }
    return at;
  }

  /** Returns whether {@code text}, in ASCII, stands at {@code at}. */
  public boolean has(int at, String text) {
    if (at < 0 || at > length - text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if ((bytes[offset + at + i] & 0xFF) != text.charAt(i)) {
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
      if (upperCase(bytes[offset + at + i] & 0xFF) != upperCase(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int upperCase(int c) {
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
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
    return new Payload().wrap(this, 0, limit).indexOf(text, 0) >= 0;
  }

  /** Copies {@code count} bytes from {@code at} on; they must be there. */
  public void copyTo(int at, byte[] target, int targetOffset, int count) {
    System.arraycopy(bytes, offset + at, target, targetOffset, count);
  }

  /** Returns a hash of 64 bits of all bytes, which whoever writes them can foresee. */
  public long hash() {
    long hash = length;
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      hash = mixed(hash ^ EightBytes.at(bytes, offset + at));
    }
    for (; at < length; at++) {
      hash = mixed(hash ^ bytes[offset + at]);
    }
    return hash;
  }

  private static long mixed(long value) {
    long mixed = value * 0x9E37_79B9_7F4A_7C15L;
    return mixed ^ mixed >>> 32;
  }

  /** Adds all bytes to a digest. */
  public void digest(MessageDigest digest) {
    digest.update(bytes, offset, length);
  }

  /** Returns a copy of {@code count} bytes from {@code at} on, or of what is there. */
  public byte[] copy(int at, int count) {
    int from = Math.clamp(at, 0, length);
    byte[] copy = new byte[Math.clamp(count, 0, length - from)];
    copyTo(from, copy, 0, copy.length);
    return copy;
  }

  /**
   * Returns UTF-16, the least significant byte first, up to a zero, as the bytes of UTF-8, one
   * character a byte.
   */
  public String wideText(int at, int count) {
    String text = new String(copy(at, count & -2), StandardCharsets.UTF_16LE);
    int end = text.indexOf(0);
    byte[] narrow = (end < 0 ? text : text.substring(0, end)).getBytes(StandardCharsets.UTF_8);
    return new String(narrow, StandardCharsets.ISO_8859_1);
  }

  /** Returns whether UTF-16 of so many bytes ends behind the first half of a character. */
  public boolean isWideTextCut(int at, int count) {
    return count >= 2 && (u16Little(at + (count & -2) - 2) & 0xFC00) == 0xD800;
  }

  /**
   * Returns {@code count} bytes from {@code at} on, or what is there, as text of one character a
   * byte: {@link io.podtap.sensor.log.LineBuffer#latin1} writes the same bytes again.
   */
  public String text(int at, int count) {
    int from = Math.clamp(at, 0, length);
    int there = Math.clamp(count, 0, length - from);
    return new String(bytes, offset + from, there, StandardCharsets.ISO_8859_1);
  }
}
