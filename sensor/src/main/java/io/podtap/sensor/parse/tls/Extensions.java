package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.Payload;

/**
 * Walks over the extensions of a Hello, from {@link #next} to {@link #next}. What is cut short is
 * not there.
 *
 * @see "RFC 8446 section 4.2"
 */
final class Extensions {

  static final int SERVER_NAME = 0;
  static final int GROUPS = 10;
  static final int POINT_FORMATS = 11;
  static final int SIGNATURE_ALGORITHMS = 13;
  static final int PROTOCOLS = 16;
  static final int SESSION_TICKET = 35;
  static final int PRE_SHARED_KEY = 41;
  static final int SUPPORTED_VERSIONS = 43;
  static final int KEY_SHARE = 51;

  private static final int HEADER_LENGTH = 4;

  private final Payload message;
  private final int end;
  private int nextAt;

  /** What {@link #next} came to: its type, where its data begin and how many bytes they are. */
  int type;

  int at;
  int length;

  /**
   * @param at where the bytes of all extensions are announced
   */
  Extensions(Payload message, int at) {
    this.message = message;
    int announced = message.u16(at);
    nextAt = at + Short.BYTES;
    end = announced < 0 ? nextAt : Math.min(message.length(), nextAt + announced);
  }

  /** Goes to the next one; false at the end. */
  boolean next() {
    if (nextAt + HEADER_LENGTH > end) {
      return false;
    }
    type = message.u16(nextAt);
    length = message.u16(nextAt + 2);
    at = nextAt + HEADER_LENGTH;
    nextAt = at + length;
    return nextAt <= end;
  }
}
