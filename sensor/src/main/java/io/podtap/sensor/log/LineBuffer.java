/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes being written: grows, is reused, and knows how numbers and addresses look. One thread. */
public final class LineBuffer {

  private static final byte[] DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int NUMBER_LENGTH_MAX = 20;

  /** 00, 01 to 99. */
  private static final byte[] DIGIT_PAIRS = new byte[200];

  /** 1, 10, 100 and so on, as far as a {@code long} goes. */
  private static final long[] POWERS_OF_TEN = new long[19];

  static {
    for (int i = 0; i < DIGIT_PAIRS.length / 2; i++) {
      DIGIT_PAIRS[2 * i] = (byte) ('0' + i / 10);
      DIGIT_PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
    }
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = 10 * POWERS_OF_TEN[i - 1];
    }
  }

  /** 62 to the power of five: so many digits come of one long division. */
  private static final long FIVE_DIGITS = 916_132_832;

  private byte[] bytes;
  private int length;

  /**
   * @param capacity bytes to begin with
   */
  public LineBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  /** Returns the bytes; the first {@link #length} count. Valid until the next write. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns how many bytes were written. */
  public int length() {
    return length;
  }

  /** Forgets what was written from {@code length} on. */
  public void truncate(int length) {
    this.length = length;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  /** Writes one byte. */
  public LineBuffer put(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** Writes bytes as they are. */
  public LineBuffer put(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** Writes bytes as they are. */
  public LineBuffer put(byte[] source) {
    return put(source, 0, source.length);
  }

  LineBuffer put(FixedText text) {
    room(text.room());
    text.copyTo(bytes, length);
    length += text.length();
    return this;
  }

  /** Writes text of one character a byte: bytes off the wire, as they were. */
  @SuppressWarnings("deprecation") // it takes the low byte of each character, which is what we want
  public LineBuffer latin1(String text) {
    int count = text.length();
    room(count);
    text.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  /** Writes text as UTF-8. */
  public LineBuffer put(String text) {
    int count = text.length();
    room(count);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return put(text.substring(i).getBytes(StandardCharsets.UTF_8));
      }
      bytes[length++] = (byte) c;
    }
    return this;
  }

  /** Writes a decimal number. */
  public LineBuffer decimal(long value) {
    room(NUMBER_LENGTH_MAX);
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        return put("-9223372036854775808");
      }
      bytes[length++] = '-';
      return digits(-value, 1);
    }
    return digits(value, 1);
  }

  private LineBuffer digits(long value, int least) {
    room(NUMBER_LENGTH_MAX);
    int end = length + Math.max(least, digitCount(value));
    int at = end;
    long rest = value;
    for (; rest > Integer.MAX_VALUE; rest /= 100) {
      at -= 2;
      pair((int) (rest % 100), at);
    }
    int few = (int) rest;
    for (; at >= length + 2; few /= 100) {
      at -= 2;
      pair(few % 100, at);
    }
    if (at > length) {
      bytes[length] = (byte) ('0' + few);
    }
    length = end;
    return this;
  }

  private void pair(int value, int at) {
    bytes[at] = DIGIT_PAIRS[2 * value];
    bytes[at + 1] = DIGIT_PAIRS[2 * value + 1];
  }

  /** A bit is 0.301 of a digit; whether that was one too few shows the comparison. */
  private static int digitCount(long value) {
    long some = value | 1;
    int count = ((Long.SIZE - Long.numberOfLeadingZeros(some)) * 1233) >>> 12;
    return some >= POWERS_OF_TEN[count] ? count + 1 : count;
  }

  /** Writes nanoseconds as seconds with six decimals, cut, not rounded. */
  public LineBuffer seconds(long ns) {
    long value = ns;
    if (value < 0) {
      put('-');
      value = -value;
    }
    long micros = value / 1_000;
    digits(micros / 1_000_000, 1).put('.');
    return digits(micros % 1_000_000, 6);
  }

  /** Takes away zeros at the end of decimals, all but the first. */
  public LineBuffer trimZeros() {
    while (bytes[length - 1] == '0' && bytes[length - 2] != '.') {
      length--;
    }
    return this;
  }

  /** Writes a byte as two hexadecimal digits. */
  public LineBuffer hex(int value) {
    room(2);
    bytes[length++] = HEX[(value >>> 4) & 0xF];
    bytes[length++] = HEX[value & 0xF];
    return this;
  }

  /** Writes an address: IPv4 when the first 96 bits are ::ffff, else IPv6 by RFC 5952. */
  public LineBuffer address(long high, long low) {
    if (high == 0 && low >>> 32 == 0xFFFF) {
      decimal((low >>> 24) & 0xFF).put('.');
      decimal((low >>> 16) & 0xFF).put('.');
      decimal((low >>> 8) & 0xFF).put('.');
      return decimal(low & 0xFF);
    }
    return ipv6(high, low);
  }

  private LineBuffer ipv6(long high, long low) {
    int runStart = -1;
    int runLength = 1; // a single zero is written out
    int start = -1;
    for (int i = 0; i < 8; i++) {
      if (group(high, low, i) != 0) {
        start = -1;
      } else {
        start = start < 0 ? i : start;
        if (i - start + 1 > runLength) {
          runStart = start;
          runLength = i - start + 1;
        }
      }
    }
    for (int i = 0; i < 8; i++) {
      if (i == runStart) {
        put(':');
        if (i + runLength == 8) {
          put(':');
        }
        i += runLength - 1;
      } else {
        if (i > 0) {
          put(':');
        }
        hexGroup(group(high, low, i));
      }
    }
    return this;
  }

  private static int group(long high, long low, int at) {
    long half = at < 4 ? high : low;
    return (int) (half >>> (48 - 16 * (at & 3))) & 0xFFFF;
  }

  private void hexGroup(int value) {
    int shift = value > 0xFFF ? 12 : value > 0xFF ? 8 : value > 0xF ? 4 : 0;
    for (; shift >= 0; shift -= 4) {
      put(HEX[(value >>> shift) & 0xF]);
    }
  }

  /** Writes a 96-bit number to base 62, lowest digit first. */
  public LineBuffer base62(long high, long low) {
    long top = high & 0xFFFF_FFFFL;
    long middle = low >>> 32;
    long bottom = low & 0xFFFF_FFFFL;
    do {
      long rest = top;
      top = rest / FIVE_DIGITS;
      rest = (rest % FIVE_DIGITS) << 32 | middle;
      middle = rest / FIVE_DIGITS;
      rest = (rest % FIVE_DIGITS) << 32 | bottom;
      bottom = rest / FIVE_DIGITS;
      boolean more = (top | middle | bottom) != 0;
      fiveDigits((int) (rest % FIVE_DIGITS), more);
    } while ((top | middle | bottom) != 0);
    return this;
  }

  /** Up to five digits of base 62, lowest first; zeros at the end only when more follow. */
  private void fiveDigits(int value, boolean more) {
    room(5);
    int rest = value;
    int from = length;
    do {
      bytes[length++] = DIGITS[rest % 62];
      rest /= 62;
    } while (more ? length < from + 5 : rest != 0);
  }

  /** Writes bytes to base 64 with padding. */
  public LineBuffer base64(byte[] source, int count) {
    for (int i = 0; i < count; i += 3) {
      int left = count - i;
      int word =
          (source[i] & 0xFF) << 16
              | (left > 1 ? (source[i + 1] & 0xFF) << 8 : 0)
              | (left > 2 ? source[i + 2] & 0xFF : 0);
      put(BASE64[word >>> 18]).put(BASE64[(word >>> 12) & 0x3F]);
      put(left > 1 ? BASE64[(word >>> 6) & 0x3F] : '=');
      put(left > 2 ? BASE64[word & 0x3F] : '=');
    }
    return this;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
