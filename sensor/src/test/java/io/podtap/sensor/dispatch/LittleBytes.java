/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes written one after another, or at a place, the least significant first. */
public final class LittleBytes {

  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);

  /** Adds one byte. */
  public LittleBytes u8(int... values) {
    for (int value : values) {
      bytes.put((byte) value);
    }
    return this;
  }

  /** Adds two bytes each. */
  public LittleBytes u16(int... values) {
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return this;
  }

  /** Adds four bytes. */
  public LittleBytes u32(long value) {
    bytes.putInt((int) value);
    return this;
  }

  /** Adds eight bytes. */
  public LittleBytes u64(long value) {
    bytes.putLong(value);
    return this;
  }

  /** Adds zeros. */
  public LittleBytes zeros(int count) {
    bytes.position(bytes.position() + count);
    return this;
  }

  /** Adds zeros up to a place. */
  public LittleBytes to(int place) {
    return zeros(place - bytes.position());
  }

  /** Adds bytes. */
  public LittleBytes put(byte[] other) {
    bytes.put(other);
    return this;
  }

  /** Adds a text, one byte a character. */
  public LittleBytes text(String text) {
    return put(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Adds a text in UTF-16. */
  public LittleBytes wide(String text) {
    return put(text.getBytes(StandardCharsets.UTF_16LE));
  }

  /** Writes two bytes at a place. */
  public LittleBytes set16(int place, int value) {
    bytes.putShort(place, (short) value);
    return this;
  }

  /** Returns how many there are. */
  public int length() {
    return bytes.position();
  }

  /** Returns a copy. */
  public byte[] array() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Returns them in hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(array());
  }
}
