/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ber;

import io.podtap.sensor.parse.Payload;

/**
 * One element of BER: a tag, a length, a content, which may be elements again.
 *
 * @param tag -1 where there is no element
 * @see "ITU-T X.690 section 8.1"
 */
public record Element(int tag, Payload content) {

  /** Takes the next element; its content ends with the data when the data are cut. */
  public static Element take(Payload data) {
    int tag = data.u8(0);
    int first = data.u8(1);
    if (tag < 0 || first < 0) {
      data.skip(data.length());
      return new Element(-1, new Payload());
    }
    int header = 2;
    long length = first;
    if (first >= 0x80) {
      int bytes = first & 0x7F;
      header += bytes;
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = Math.min(length << 8 | Math.max(0, data.u8(2 + i)), Integer.MAX_VALUE);
      }
    }
    Payload content = new Payload().wrap(data, header, (int) length);
    data.skip((int) Math.min(header + length, Integer.MAX_VALUE));
    return new Element(tag, content);
  }

  /** Returns the content as a number, at most eight bytes of it. */
  public long number() {
    long value = content.u8(0) >= 0x80 ? -1 : 0;
    for (int i = 0; i < Math.min(8, content.length()); i++) {
      value = value << 8 | content.u8(i);
    }
    return value;
  }

  /** Returns the content as text. */
  public String text() {
    return content.text(0, Math.min(content.length(), 4 << 10));
  }
}
