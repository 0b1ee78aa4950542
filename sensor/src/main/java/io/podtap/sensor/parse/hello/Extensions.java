/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.hello;

import io.podtap.sensor.parse.Payload;

/**
 * Walks over the extensions of a Hello, from {@link #next} to {@link #next}. What is cut short is
 * not there.
 *
 * @see "RFC 8446 section 4.2"
 */
public final class Extensions {

  public static final int SERVER_NAME = 0;
  public static final int GROUPS = 10;
  public static final int POINT_FORMATS = 11;
  public static final int SIGNATURE_ALGORITHMS = 13;
  public static final int PROTOCOLS = 16;
  public static final int SESSION_TICKET = 35;

  /** What a key share was in drafts of TLS 1.3. */
  public static final int KEY_SHARE_OLD = 40;

  public static final int PRE_SHARED_KEY = 41;
  public static final int SUPPORTED_VERSIONS = 43;
  public static final int KEY_SHARE = 51;

  /** RFC 9849 section 5. */
  public static final int ENCRYPTED_CLIENT_HELLO = 0xFE0D;

  private static final int HEADER_LENGTH = 4;

  private final Payload message;
  private final int end;
  private int nextAt;

  private int type;
  private int at;
  private int length;

  /**
   * @param at where the bytes of all extensions are announced
   */
  public Extensions(Payload message, int at) {
    this.message = message;
    int announced = message.u16(at);
    nextAt = at + Short.BYTES;
    end = announced < 0 ? nextAt : Math.min(message.length(), nextAt + announced);
  }

  /** Goes to the next one; false at the end. */
  public boolean next() {
    if (nextAt + HEADER_LENGTH > end) {
      return false;
    }
    type = message.u16(nextAt);
    length = message.u16(nextAt + 2);
    at = nextAt + HEADER_LENGTH;
    nextAt = at + length;
    return nextAt <= end;
  }

  /** Returns the type of what {@link #next} came to. */
  public int type() {
    return type;
  }

  /** Returns where its data begin in the message. */
  public int at() {
    return at;
  }

  /** Returns how many bytes they are. */
  public int length() {
    return length;
  }
}
