/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.der;

import io.podtap.sensor.parse.Payload;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/**
 * One element: a tag, and a content of exactly the length that it says.
 *
 * @see "ITU-T X.690 sections 8.1 and 10.1"
 */
public final class DerElement {

  public static final int BOOLEAN = 0x01;
  public static final int INTEGER = 0x02;
  public static final int BIT_STRING = 0x03;
  public static final int OCTET_STRING = 0x04;
  public static final int NULL = 0x05;
  public static final int OBJECT_IDENTIFIER = 0x06;
  public static final int ENUMERATED = 0x0A;
  public static final int UTC_TIME = 0x17;
  public static final int GENERALIZED_TIME = 0x18;
  public static final int SEQUENCE = 0x30;
  public static final int SET = 0x31;

  private static final int LONG_TAG = 0x1F;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;
  private static final int LENGTH_BYTES_MAX = 4;
  private static final int OBJECT_IDENTIFIER_BYTES_MAX = 128;

  /** A year of two digits from here on is of the last century (RFC 5280 section 4.1.2.5.1). */
  private static final int CENTURY_TURN = 50;

  private final int tag;
  private final Payload content;

  private DerElement(int tag, Payload content) {
    this.tag = tag;
    this.content = content;
  }

  /** Returns the tag of an element that is marked with a number: {@code [0]}. */
  public static int context(int number, boolean constructed) {
    return CONTEXT | (constructed ? CONSTRUCTED : 0) | number;
  }

  /**
   * Takes the next element off.
   *
   * @throws DerException when there is none, or it is cut
   */
  public static DerElement take(Payload data) throws DerException {
    int tag = data.u8(0);
    int first = data.u8(1);
    if (tag < 0 || first < 0 || (tag & LONG_TAG) == LONG_TAG) {
      throw new DerException("not an element");
    }
    int header = 2;
    long length = first;
    if (first >= 0x80) {
      int bytes = first & 0x7F;
      if (bytes == 0 || bytes > LENGTH_BYTES_MAX || data.length() < header + bytes) {
        throw new DerException("length of an impossible form");
      }
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | data.u8(header + i);
      }
      header += bytes;
    }
    if (length > data.length() - header) {
      throw new DerException("element is cut");
    }
    Payload content = new Payload().wrap(data, header, (int) length);
    data.skip(header + (int) length);
    return new DerElement(tag, content);
  }

  /**
   * As {@link #take(Payload)}, an element of one kind.
   *
   * @throws DerException when it is of another kind, too
   */
  public static DerElement take(Payload data, int tag) throws DerException {
    DerElement element = take(data);
    if (element.tag != tag) {
      throw new DerException("tag " + element.tag + " instead of " + tag);
    }
    return element;
  }

  /** Returns whether the next element has this tag. */
  public static boolean isNext(Payload data, int tag) {
    return data.u8(0) == tag;
  }

  /** Returns the tag with its class. */
  public int tag() {
    return tag;
  }

  /** Returns the content, from which elements may be taken; each call returns a view of all. */
  public Payload content() {
    return new Payload().wrap(content, 0, content.length());
  }

  /** Returns the content of a bit string of whole bytes, without the count in front. */
  public Payload bits() {
    return new Payload().wrap(content, 1, content.length());
  }

  /** Returns the content as bytes. */
  public byte[] bytes() {
    return content.copy(0, content.length());
  }

  /** Returns the content as a number of at most eight bytes; longer ones are cut. */
  public long number() {
    long value = content.u8(0) >= 0x80 ? -1 : 0;
    for (int i = 0; i < Math.min(Long.BYTES, content.length()); i++) {
      value = value << 8 | content.u8(i);
    }
    return value;
  }

  /** Returns the bits of a number from the highest one that is set. */
  public int bitLength() {
    int at = 0;
    while (content.u8(at) == 0) {
      at++;
    }
    int left = content.length() - at;
    return left <= 0 ? 0 : 8 * left - Integer.numberOfLeadingZeros(content.u8(at)) + 24;
  }

  /** Returns an integer's digits in upper-case hexadecimal, two for each byte, as OpenSSL does. */
  public String hexNumber() {
    byte[] magnitude = bytes();
    boolean isNegative = magnitude.length > 0 && magnitude[0] < 0;
    if (isNegative) {
      int carry = 1;
      for (int i = magnitude.length - 1; i >= 0; i--) {
        int value = (~magnitude[i] & 0xFF) + carry;
        magnitude[i] = (byte) value;
        carry = value >>> 8;
      }
    }
    int from = 0;
    while (from < magnitude.length - 1 && magnitude[from] == 0) {
      from++;
    }
    if (magnitude.length == 0) {
      return "00";
    }
    String digits = HexFormat.of().withUpperCase().formatHex(magnitude, from, magnitude.length);
    return isNegative ? "-" + digits : digits;
  }

  /**
   * Returns an object identifier with its dots.
   *
   * @throws DerException when it is cut or too long
   */
  public String objectIdentifier() throws DerException {
    if (tag != OBJECT_IDENTIFIER
        || content.isEmpty()
        || content.length() > OBJECT_IDENTIFIER_BYTES_MAX) {
      throw new DerException("not an object identifier");
    }
    StringBuilder dotted = new StringBuilder();
    long arc = 0;
    int count = 0;
    for (int i = 0; i < content.length(); i++) {
      int value = content.u8(i);
      arc = arc << 7 | (value & 0x7F);
      count++;
      if (count > 8) {
        throw new DerException("arc of an object identifier is too long");
      }
      if (value < 0x80) {
        if (dotted.isEmpty()) {
          long root = Math.min(arc / 40, 2);
          dotted.append(root).append('.').append(arc - 40 * root);
        } else {
          dotted.append('.').append(arc);
        }
        arc = 0;
        count = 0;
      }
    }
    if (count > 0) {
      throw new DerException("object identifier is cut");
    }
    return dotted.toString();
  }

  /**
   * Returns seconds since 1970 of a time in either form, with a fraction or an offset if need be.
   *
   * @throws DerException when it is not a time
   */
  public long time() throws DerException {
    if (tag != UTC_TIME && tag != GENERALIZED_TIME) {
      throw new DerException("not a time");
    }
    int at = tag == UTC_TIME ? 2 : 4;
    int year = digits(0, at);
    if (tag == UTC_TIME) {
      year += year < CENTURY_TURN ? 2_000 : 1_900;
    }
    int month = digits(at, 2);
    int day = digits(at + 2, 2);
    int hour = digits(at + 4, 2);
    int minute = digits(at + 6, 2);
    at += 8;
    int second = 0;
    if (isDigit(at)) {
      second = digits(at, 2);
      at += 2;
    }
    if (content.u8(at) == '.' || content.u8(at) == ',') {
      at++;
      while (isDigit(at)) {
        at++;
      }
    }
    long offset = 0;
    int sign = content.u8(at);
    if (sign == '+' || sign == '-') {
      offset = 60L * (60L * digits(at + 1, 2) + digits(at + 3, 2));
      offset = sign == '+' ? offset : -offset;
      at += 5;
    } else if (sign == 'Z') {
      at++;
    } else {
      throw new DerException("time without a zone");
    }
    if (at != content.length()) {
      throw new DerException("bytes behind a time");
    }
    try {
      return LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59))
              .toEpochSecond(ZoneOffset.UTC)
          - offset;
    } catch (DateTimeException e) {
      throw new DerException("time out of range");
    }
  }

  private boolean isDigit(int at) {
    return content.u8(at) >= '0' && content.u8(at) <= '9';
  }

  private int digits(int at, int count) throws DerException {
    int value = 0;
    for (int i = at; i < at + count; i++) {
      if (!isDigit(i)) {
        throw new DerException("time with something else than digits");
      }
      value = 10 * value + content.u8(i) - '0';
    }
    return value;
  }
}
